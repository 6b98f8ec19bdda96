//! Promises that cut across all subjects and have no other home.

use std::time::Duration;

use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
use reissue::{
    Confirmation, Denial, GrantType, Introspection, PresentedToken, RefreshRequest, RefreshToken,
};
use reissue_tests::{Endpoint, Engine, Verb, trusted};

#[tokio::test]
async fn after_reuse_no_token_of_the_family_is_accepted_anywhere() {
    let engine = Engine::new();
    let first = engine.login().await;
    let tokens = engine.refresh(&first).await.unwrap();
    let second = tokens.refresh_token.as_ref().unwrap().expose().to_owned();
    let third = engine.successor(&second).await;
    let bystander = engine.try_login("read").await.unwrap();
    engine.clock.advance(Duration::from_secs(60));
    assert_eq!(
        engine.refresh(&first).await.err(),
        Some(Denial::TokenReused)
    );
    let web = trusted("web");
    for token in [&first, &second, &third] {
        assert_eq!(
            engine.refresh(token).await.err(),
            Some(Denial::SessionMissing)
        );
        let asked = engine
            .server
            .introspect(&web, PresentedToken::new(token))
            .await;
        assert_eq!(asked.unwrap(), Introspection::Inactive);
    }
    let asked = engine
        .server
        .introspect(&web, PresentedToken::new(tokens.access_token.expose()));
    assert_eq!(asked.await.unwrap(), Introspection::Inactive);
    let sessions = engine.server.sessions("alice").await.unwrap();
    assert_eq!(sessions.len(), 1, "another session of the subject lives on");
    let theirs = bystander.refresh_token.unwrap();
    assert!(engine.refresh(theirs.expose()).await.is_ok());
}

#[tokio::test]
async fn a_refresh_that_fails_validation_does_not_even_touch_the_store() {
    struct Denying;

    impl RefreshHook for Denying {
        async fn on_refresh(&self, _: &Refreshing<'_>) -> Result<Decision, HookError> {
            Ok(Decision::Deny)
        }
    }

    let engine = Engine::new();
    let token = engine.login().await;
    let before = engine.only_record().await;
    let plain = || RefreshRequest::new(RefreshToken::new(token.as_str()));
    let mut spoilt = token.clone();
    spoilt.replace_range(40..41, if &token[40..41] == "A" { "B" } else { "A" });
    let (web, other) = (trusted("web"), trusted("other"));
    let denying = engine.twin_with(|server| server.with_hook(Denying));
    let admin = plain().with_scope("admin".parse().unwrap());
    let api = plain().with_resource("https://api.example".parse().unwrap());
    let garbage = RefreshRequest::new(RefreshToken::new("garbage"));
    let spoilt = RefreshRequest::new(RefreshToken::new(spoilt));
    let cases = [
        (&engine, &web, admin, Denial::ScopeNotGranted),
        (&engine, &web, api, Denial::ResourceNotGranted),
        (&engine, &web, garbage, Denial::TokenMalformed),
        (&engine, &web, spoilt, Denial::TokenMalformed),
        (&engine, &other, plain(), Denial::TokenForeign),
        (&denying, &web, plain(), Denial::HookDenied),
    ];
    drop(engine.store.take_calls());
    for (engine, client, request, denial) in cases {
        let refused = engine.server.refresh(client, request).await;
        assert_eq!(refused.unwrap_err().denial(), denial);
        assert!(engine.store.take_calls().is_empty(), "{denial}");
    }
    assert_eq!(engine.only_record().await, before);
}

#[tokio::test]
async fn a_request_of_nobody_changes_nothing() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.refresh_token();
    drop(endpoint.store.take_calls());
    let form = format!("grant_type=refresh_token&refresh_token={token}");
    let wrong = format!("{form}&client_id=web&client_secret=wrong");
    for form in [
        &form,
        &wrong,
        &format!("{form}&client_id=app"),
        &format!("{form}&scope=%22"),
    ] {
        let refused = endpoint.post_bare(form).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
    }
    assert!(endpoint.store.take_calls().is_empty());
    assert_eq!(endpoint.refresh(token).await.summary(), "200");
}

#[tokio::test]
async fn a_token_of_another_key_holder_changes_nothing() {
    let engine = Engine::new();
    let key = |name: &str| Some(Confirmation::Jkt(name.to_owned()));
    let grant = reissue::Grant::new("alice").with_confirmation(key("hers").unwrap());
    let web = trusted("web");
    let tokens = engine
        .server
        .issue(&web, GrantType::PASSWORD, grant)
        .await
        .unwrap();
    let token = tokens.refresh_token.unwrap();
    drop(engine.store.take_calls());
    for proved in [
        None,
        key("his"),
        Some(Confirmation::X5tS256("hers".to_owned())),
    ] {
        let request = RefreshRequest::new(token.clone()).with_confirmation(proved);
        let refused = engine.server.refresh(&web, request).await;
        assert_eq!(refused.unwrap_err().denial(), Denial::KeyMismatch);
    }
    assert!(engine.store.take_calls().is_empty());
    let request = RefreshRequest::new(token).with_confirmation(key("hers"));
    assert!(engine.server.refresh(&web, request).await.is_ok());
}

#[tokio::test]
async fn a_narrowed_scope_narrows_the_access_token_and_nothing_else() {
    let engine = Engine::new();
    let mut token = engine.login().await;
    for asked in ["read", "openid", "read write"] {
        let scope = asked.parse().unwrap();
        let request = RefreshRequest::new(RefreshToken::new(token)).with_scope(scope);
        let web = trusted("web");
        let tokens = engine.server.refresh(&web, request).await.unwrap();
        assert_eq!(tokens.scope.as_str(), asked);
        let access_token = tokens.access_token.expose();
        let asked_about = engine
            .server
            .introspect(&web, PresentedToken::new(access_token))
            .await
            .unwrap();
        let Introspection::Active(active) = asked_about else {
            panic!("the access token is good");
        };
        assert_eq!(active.scope.as_str(), asked);
        token = tokens.refresh_token.unwrap().expose().to_owned();
        assert_eq!(engine.keys.open(&token).scope, "openid read write");
    }
    let all = engine.refresh(&token).await.unwrap();
    assert_eq!(all.scope.as_str(), "openid read write");
}

#[tokio::test]
async fn a_session_takes_as_much_room_after_a_thousand_refreshes_as_before() {
    let engine = Engine::new();
    let mut token = engine.login().await;
    let length = token.len();
    let (sid, before) = engine.only_record().await.unwrap();
    drop(engine.store.take_calls());
    for _ in 0..1_000 {
        token = engine.successor(&token).await;
    }
    let calls = engine.store.take_calls();
    assert_eq!(calls, [Verb::Advance; 1_000], "one trip for each refresh");
    let (same_sid, after) = engine.only_record().await.unwrap();
    assert_eq!(same_sid, sid);
    assert_eq!(after.details, before.details);
    assert!(
        token.len() <= length + 4,
        "the generation has four digits now"
    );
}
