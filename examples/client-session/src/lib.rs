//! A client that keeps its session. `docs/guides/clients.md` explains it, and has the same in
//! TypeScript.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// The token endpoint, reached with any HTTP client.
#[expect(async_fn_in_trait, reason = "an application has one implementation")]
pub trait TokenEndpoint {
    /// Posts `grant_type=refresh_token` with this token. Returns `None` if there was no response,
    /// for example within ten seconds.
    async fn refresh(&self, refresh_token: &str) -> Option<Response>;
}

/// A response of the token endpoint.
#[derive(Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "implementations of the trait make it"
)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The body.
    pub json: Value,
}

/// Why there is no access token.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The session has ended: log in again.
    #[error("the session has ended")]
    LoggedOut,
    /// The client is configured wrongly, and the session is intact.
    #[error("the server responds with {0}")]
    Misconfigured(String),
    /// The server cannot respond now, and the session is intact.
    #[error("the server cannot respond now")]
    Unavailable,
}

/// A session. Share it in an `Arc`: it runs one refresh at a time.
#[derive(Debug)]
pub struct Session<E> {
    endpoint: E,
    /// Locked during a refresh, so that concurrent callers get the new token.
    tokens: Mutex<Option<Tokens>>,
}

#[derive(Debug)]
struct Tokens {
    access: String,
    refresh: String,
    expires_at: Instant,
}

impl<E> Session<E>
where
    E: TokenEndpoint,
{
    /// Resumes a session with a stored refresh token.
    pub fn resume(endpoint: E, refresh_token: impl Into<String>) -> Self {
        let tokens = Tokens {
            access: String::new(),
            refresh: refresh_token.into(),
            expires_at: Instant::now(),
        };
        let tokens = Mutex::new(Some(tokens));
        Self { endpoint, tokens }
    }

    /// Returns a valid access token, after a refresh if necessary.
    ///
    /// # Errors
    ///
    /// [`SessionError`]. Only [`SessionError::LoggedOut`] ends the session.
    pub async fn access_token(&self) -> Result<String, SessionError> {
        let mut kept = self.tokens.lock().await;
        let tokens = kept.as_mut().ok_or(SessionError::LoggedOut)?;
        if Instant::now() + EARLY < tokens.expires_at {
            return Ok(tokens.access.clone());
        }
        for attempt in 0..ATTEMPTS {
            let response = self.endpoint.refresh(&tokens.refresh).await;
            let retry_after = match response {
                Some(Response {
                    status: 200, json, ..
                }) => {
                    tokens.replace(&json)?;
                    // An application stores `tokens.refresh` here, before it uses the access token.
                    return Ok(tokens.access.clone());
                }
                Some(Response {
                    status: 429 | 503,
                    retry_after,
                    ..
                }) => retry_after,
                Some(Response { json, .. }) if json["error"] == "invalid_grant" => {
                    *kept = None;
                    return Err(SessionError::LoggedOut);
                }
                Some(Response { json, .. }) => {
                    let error = json["error"].as_str().unwrap_or("no error code");
                    return Err(SessionError::Misconfigured(error.to_owned()));
                }
                None => None,
            };
            // The response was lost, or the server has changed nothing: send the same token again,
            // soon.
            sleep(
                retry_after
                    .unwrap_or_default()
                    .max(BACKOFF * 2_u32.pow(attempt)),
            )
            .await;
        }
        Err(SessionError::Unavailable)
    }
}

impl Tokens {
    fn replace(&mut self, json: &Value) -> Result<(), SessionError> {
        let malformed = || SessionError::Misconfigured("a response without tokens".to_owned());
        let access = json["access_token"].as_str().ok_or_else(malformed)?;
        let expires_in = json["expires_in"].as_u64().ok_or_else(malformed)?;
        access.clone_into(&mut self.access);
        self.expires_at = Instant::now() + Duration::from_secs(expires_in);
        // A server that does not rotate may return none: keep the old one.
        if let Some(refresh) = json["refresh_token"].as_str() {
            refresh.clone_into(&mut self.refresh);
        }
        Ok(())
    }
}

/// How long before its expiry an access token is replaced.
const EARLY: Duration = Duration::from_secs(30);

/// How often a refresh is tried, and how long the first pause is. With these values, the last
/// attempt is within the grace period of 60 seconds, unless the server asks for a longer pause.
const ATTEMPTS: u32 = 4;
const BACKOFF: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests;
