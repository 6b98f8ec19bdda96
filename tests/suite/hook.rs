//! The hook of the application on every refresh.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use reissue::Claims;
use reissue::hook::{Decision, HookError, RefreshHook, RefreshOverrides, Refreshing};
use reissue_tests::{
    ALL_SCOPES, Endpoint, Fault, Verb, assert_error, assert_ok, assert_refreshes, claims,
};

/// Returns the configured decisions, then allows; and records its calls.
#[derive(Clone, Default)]
struct Host {
    says: Arc<Mutex<VecDeque<Option<Decision>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    fn say(&self, decision: impl Into<Decision>) {
        self.push(Some(decision.into()));
    }

    fn fail(&self) {
        self.push(None);
    }

    fn push(&self, say: Option<Decision>) {
        self.says
            .lock()
            .expect("no test panics here")
            .push_back(say);
    }

    /// Client, subject, granted scope and requested scope of every call.
    fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().expect("no test panics here"))
    }

    fn endpoint(&self) -> Endpoint {
        let hook = self.clone();
        Endpoint::builder()
            .server(|server| server.with_hook(hook))
            .build()
    }
}

impl RefreshHook for Host {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        let Refreshing {
            client,
            grant,
            scope,
            ..
        } = refreshing;
        self.asked
            .lock()
            .expect("no test panics here")
            .push(format!(
                "{} {}: {} of {}",
                client.id(),
                grant.subject,
                scope,
                grant.scope
            ));
        let said = self.says.lock().expect("no test panics here").pop_front();
        match said {
            None => Ok(Decision::allow()),
            Some(Some(decision)) => Ok(decision),
            Some(None) => Err(HookError::new("the directory is down")),
        }
    }
}

#[tokio::test]
async fn the_hook_is_called_once_after_all_checks() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    assert!(host.take_asked().is_empty(), "a login is no refresh");
    for (token, more) in [("garbage", ""), (login.refresh_token(), "scope=admin")] {
        endpoint.refresh_with(token, more).await;
    }
    assert!(host.take_asked().is_empty(), "nothing to ask about");
    let response = endpoint
        .refresh_with(login.refresh_token(), "scope=read")
        .await;
    assert_ok(&response);
    assert_eq!(host.take_asked(), ["web alice: read of openid read write"]);
    // A retry is a refresh like any other.
    assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(host.take_asked().len(), 1);
}

#[tokio::test]
async fn a_denied_subject_gets_no_tokens_and_keeps_the_session() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    host.say(Decision::Deny);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_denied_subject_gets_no_tokens_and_loses_the_session_if_the_hook_revokes_it() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    host.say(Decision::DenyAndRevoke);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.store.take_calls(), [Verb::Revoke]);
    assert_eq!(endpoint.record("alice").await, None);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
}

#[tokio::test]
async fn a_revocation_by_the_hook_that_could_not_be_stored_is_503() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    host.say(Decision::DenyAndRevoke);
    endpoint.store.plan(Fault::Before);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_failing_hook_is_503_and_nothing_is_lost() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    host.fail();
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert_eq!(endpoint.store.take_calls(), []);
    assert_eq!(endpoint.events.take_names(), ["Failed"]);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn the_hook_narrows_the_scope_of_the_access_token_only() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    host.say(RefreshOverrides::default().with_scope("read".parse().unwrap()));
    let narrow = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(narrow.text("scope"), "read");
    assert_eq!(claims(narrow.text("access_token"))["scope"], "read");
    let next = assert_refreshes(&endpoint, narrow.refresh_token()).await;
    assert_eq!(next.text("scope"), ALL_SCOPES);
}

#[tokio::test]
async fn a_hook_that_widens_the_scope_is_503_and_nothing_is_lost() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    for (asked, allowed) in [("", "read admin"), ("scope=read", "read write")] {
        host.say(RefreshOverrides::default().with_scope(allowed.parse().unwrap()));
        let response = endpoint.refresh_with(login.refresh_token(), asked).await;
        assert_error(&response, 503, "temporarily_unavailable");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn the_hook_adds_claims_to_one_access_token() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    let mut added = Claims::default();
    added.insert("role", "auditor").unwrap();
    host.say(RefreshOverrides::default().with_claims(added));
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(claims(response.text("access_token"))["role"], "auditor");
    let next = assert_refreshes(&endpoint, response.refresh_token()).await;
    assert!(claims(next.text("access_token")).get("role").is_none());
}

#[tokio::test]
async fn the_hook_is_called_again_with_the_grant_of_the_record_after_an_amendment() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
    endpoint
        .server
        .amend_session("alice", sid, |grant| grant.scope = "read".parse().unwrap())
        .await
        .unwrap();
    let response = assert_refreshes(&endpoint, login.refresh_token()).await;
    assert_eq!(
        host.take_asked(),
        [
            "web alice: openid read write of openid read write",
            "web alice: read of read"
        ]
    );
    assert_eq!(response.text("scope"), "read");
    // The new token contains the amended grant: one call is enough again.
    assert_refreshes(&endpoint, response.refresh_token()).await;
    assert_eq!(host.take_asked(), ["web alice: read of read"]);
}

#[tokio::test]
async fn a_hook_that_denies_the_amended_grant_is_obeyed() {
    let host = Host::default();
    let endpoint = host.endpoint();
    let login = endpoint.login().await;
    let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
    endpoint
        .server
        .amend_session("alice", sid, |grant| grant.scope = "read".parse().unwrap())
        .await
        .unwrap();
    host.say(Decision::allow());
    host.say(Decision::Deny);
    let response = endpoint.refresh(login.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.record("alice").await.unwrap().generation, 0);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
