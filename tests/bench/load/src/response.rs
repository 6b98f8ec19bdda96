//! What a response means to an honest client.

use http::StatusCode;
use serde::Deserialize;

/// What an honest client does about a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its token is not good: the user has to log in again.
    LoggedOut,
    /// Goes on, with another token where the response holds one.
    Refreshed(Option<String>),
    /// Can do nothing about it: the request is wrong.
    Refused,
    /// Tries again with the same token.
    TryAgain,
}

/// The verdict, and status and `error` for the count where it is not a 200.
pub(crate) fn judge(status: StatusCode, body: &[u8]) -> (Verdict, Option<String>) {
    let members: Option<Members> = serde_json::from_slice(body).ok();
    match (status, members) {
        (StatusCode::OK, Some(members)) if members.access_token.is_some() => {
            (Verdict::Refreshed(members.refresh_token), None)
        }
        (StatusCode::OK, _) => (Verdict::TryAgain, Some("200 without a token".to_owned())),
        (status, members) => {
            let code = members.and_then(|members| members.error);
            let verdict = match code.as_deref() {
                Some("invalid_grant") => Verdict::LoggedOut,
                _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                    Verdict::TryAgain
                }
                _ => Verdict::Refused,
            };
            let code = code.as_deref().unwrap_or("without a code");
            (verdict, Some(format!("{} {code}", status.as_u16())))
        }
    }
}

#[derive(Deserialize)]
struct Members {
    /// Whether there is one: nothing reads it.
    access_token: Option<serde::de::IgnoredAny>,
    refresh_token: Option<String>,
    error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &str) -> (Verdict, Option<String>) {
        judge(
            StatusCode::from_u16(status).expect("a status"),
            body.as_bytes(),
        )
    }

    #[test]
    fn a_200_brings_another_token_or_none() {
        let rotated = judged(200, r#"{"access_token":"a","refresh_token":"r"}"#);
        assert_eq!(rotated, (Verdict::Refreshed(Some("r".to_owned())), None));
        let kept = judged(200, r#"{"access_token":"a"}"#);
        assert_eq!(kept, (Verdict::Refreshed(None), None));
    }

    #[test]
    fn only_invalid_grant_logs_out() {
        let verdict = |status, body| judged(status, body).0;
        assert_eq!(
            verdict(400, r#"{"error":"invalid_grant"}"#),
            Verdict::LoggedOut
        );
        assert_eq!(
            verdict(401, r#"{"error":"invalid_client"}"#),
            Verdict::Refused
        );
        assert_eq!(verdict(404, "gone"), Verdict::Refused);
        assert_eq!(
            verdict(503, r#"{"error":"temporarily_unavailable"}"#),
            Verdict::TryAgain
        );
        assert_eq!(verdict(429, ""), Verdict::TryAgain);
        assert_eq!(verdict(200, "<html>"), Verdict::TryAgain);
    }

    #[test]
    fn what_is_not_a_200_is_counted_by_status_and_code() {
        let code = |status, body| judged(status, body).1;
        let named = code(503, r#"{"error":"temporarily_unavailable"}"#);
        assert_eq!(named.as_deref(), Some("503 temporarily_unavailable"));
        assert_eq!(code(502, "<html>").as_deref(), Some("502 without a code"));
    }
}
