use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::json;

use super::*;

/// Responds with the given steps, and remembers what it was sent.
struct Script {
    steps: std::sync::Mutex<VecDeque<Option<Response>>>,
    sent: std::sync::Mutex<Vec<String>>,
}

impl TokenEndpoint for Arc<Script> {
    async fn refresh(&self, refresh_token: &str) -> Option<Response> {
        self.sent.lock().unwrap().push(refresh_token.to_owned());
        tokio::task::yield_now().await;
        self.steps.lock().unwrap().pop_front().flatten()
    }
}

fn session(
    steps: impl IntoIterator<Item = Option<Response>>,
) -> (Session<Arc<Script>>, Arc<Script>) {
    let script = Arc::new(Script {
        steps: std::sync::Mutex::new(steps.into_iter().collect()),
        sent: std::sync::Mutex::default(),
    });
    (Session::resume(script.clone(), "r0"), script)
}

fn respond(status: u16, json: Value) -> Option<Response> {
    let retry_after = (status > 400).then_some(Duration::from_secs(7));
    Some(Response {
        status,
        retry_after,
        json,
    })
}

fn granted() -> Option<Response> {
    respond(
        200,
        json!({"access_token": "a1", "refresh_token": "r1", "expires_in": 600}),
    )
}

#[tokio::test(start_paused = true)]
async fn callers_at_the_same_time_share_one_refresh() {
    let (session, script) = session([granted()]);
    let (first, second) = tokio::join!(session.access_token(), session.access_token());
    assert_eq!((first, second), (Ok("a1".to_owned()), Ok("a1".to_owned())));
    assert_eq!(*script.sent.lock().unwrap(), ["r0"]);
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_repeated_with_the_same_token() {
    let (session, script) = session([None, granted()]);
    assert_eq!(session.access_token().await, Ok("a1".to_owned()));
    assert_eq!(*script.sent.lock().unwrap(), ["r0", "r0"]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_kept_and_the_token_too() {
    for status in [429, 503] {
        let (session, script) = session([respond(status, json!({})), granted()]);
        let start = Instant::now();
        assert_eq!(session.access_token().await, Ok("a1".to_owned()));
        assert_eq!(start.elapsed(), Duration::from_secs(7));
        assert_eq!(*script.sent.lock().unwrap(), ["r0", "r0"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_away_ends_nothing() {
    let (session, script) = session([None, None, None, None, granted()]);
    assert_eq!(session.access_token().await, Err(SessionError::Unavailable));
    assert_eq!(session.access_token().await, Ok("a1".to_owned()));
    assert_eq!(script.sent.lock().unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn invalid_grant_logs_out_and_is_not_repeated() {
    let (session, script) = session([respond(400, json!({"error": "invalid_grant"}))]);
    for _ in 0..2 {
        assert_eq!(session.access_token().await, Err(SessionError::LoggedOut));
    }
    assert_eq!(script.sent.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn another_error_keeps_the_token() {
    let (session, _) = session([respond(400, json!({"error": "invalid_scope"})), granted()]);
    let error = session.access_token().await.unwrap_err();
    assert_eq!(error.to_string(), "the server responds with invalid_scope");
    assert_eq!(session.access_token().await, Ok("a1".to_owned()));
}
