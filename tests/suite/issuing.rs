//! From a grant to its first tokens.

use reissue::client::Client;
use reissue::store::{SessionLimit, WhenFull};
use reissue::{
    AmendOutcome, Denial, Grant, GrantType, InvalidClaim, Json, LabelTooLong, OfflineAccess,
    Parameters, Policy, Timestamp,
};
use reissue_tests::{
    Endpoint, Fault, TestResponse, Verb, assert_error, assert_ok, assert_refreshes, claims,
    confidential,
};

async fn login(endpoint: &Endpoint, client: &str) -> TestResponse {
    endpoint
        .post_as(client, "grant_type=password&username=alice")
        .await
}

#[tokio::test]
async fn a_client_that_may_refresh_gets_a_refresh_token() {
    let endpoint = Endpoint::new();
    let response = endpoint.login().await;
    assert_ok(&response);
    assert_eq!(endpoint.store.take_calls(), [Verb::Create]);
    insta::assert_snapshot!(response.redacted_wire(), @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"access_token":"[access_token]","token_type":"Bearer","expires_in":600,"refresh_token":"[refresh_token]","scope":"openid read write"}
    "#);
    assert_refreshes(&endpoint, response.refresh_token()).await;
}

#[tokio::test]
async fn a_client_that_may_not_refresh_gets_none_and_no_session() {
    let endpoint = Endpoint::builder()
        .client(
            confidential("web")
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token(),
        )
        .build();
    let response = endpoint.login().await;
    assert_ok(&response);
    assert!(response.json.get("refresh_token").is_none());
    assert!(claims(response.text("access_token")).get("sid").is_none());
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn client_credentials_and_implicit_never_bring_a_refresh_token() {
    let endpoint = Endpoint::builder()
        .client(
            confidential("web")
                .with_grant_types([GrantType::CLIENT_CREDENTIALS, GrantType::IMPLICIT]),
        )
        .build();
    for grant_type in ["client_credentials", "implicit"] {
        let response = endpoint
            .post(&format!("grant_type={grant_type}&username=alice"))
            .await;
        assert_ok(&response);
        assert!(response.json.get("refresh_token").is_none(), "{grant_type}");
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn any_grant_type_that_a_client_is_registered_for_can_bring_a_refresh_token() {
    let extension = "urn:ietf:params:oauth:grant-type:device_code";
    let endpoint = Endpoint::builder()
        .client(confidential("web").with_grant_types([GrantType::DEVICE_CODE]))
        .build();
    let response = endpoint
        .post(&format!(
            "grant_type={}&username=alice",
            reissue_tests::form_encoded(extension)
        ))
        .await;
    assert_ok(&response);
    assert_refreshes(&endpoint, response.refresh_token()).await;
}

#[tokio::test]
async fn a_refresh_token_can_be_made_to_need_offline_access() {
    let endpoint = Endpoint::builder()
        .policy(
            Policy::builder()
                .with_offline_access(OfflineAccess::Required)
                .build()
                .unwrap(),
        )
        .grant(|parameters| {
            let scope = parameters.get("scope").unwrap_or_default().parse();
            Ok(Grant::new("alice").with_scope(scope.map_err(|_| Denial::ScopeMalformed)?))
        })
        .build();
    for (scope, offline) in [
        ("", false),
        ("openid", false),
        ("OFFLINE_ACCESS", false),
        ("offline_access", true),
        ("openid+offline_access", true),
    ] {
        let response = endpoint
            .post(&format!("grant_type=password&scope={scope}"))
            .await;
        assert_ok(&response);
        assert_eq!(
            response.json.get("refresh_token").is_some(),
            offline,
            "{scope}"
        );
    }
}

#[tokio::test]
async fn a_scope_beyond_the_clients_is_denied() {
    let most = |scope: &str| {
        let client = confidential("web").with_scope(scope.parse().expect("it is well-formed"));
        Endpoint::builder().client(client).build()
    };
    let endpoint = most("openid read");
    let response = login(&endpoint, "web").await;
    assert_error(&response, 400, "invalid_scope");
    assert_eq!(endpoint.store.take_calls(), []);
    assert_ok(&login(&most("openid read write"), "web").await);
    assert_ok(&login(&most("write read openid admin"), "web").await);
}

#[tokio::test]
async fn a_subject_must_be_printable() {
    let endpoint = Endpoint::builder()
        .grant(|parameters| {
            Ok(Grant::new(match parameters.get("username") {
                Some("empty") => "",
                Some("zero") => "a\0b",
                Some("line") => "a\nb",
                _ => "\u{85}",
            }))
        })
        .build();
    for username in ["empty", "zero", "line", "next-line"] {
        let response = endpoint
            .post(&format!("grant_type=password&username={username}"))
            .await;
        assert_error(&response, 400, "invalid_grant");
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

/// Grants to a subject of that many characters.
fn of_length(parameters: &Parameters) -> Result<Grant, Denial> {
    let length = parameters.get("length").and_then(|text| text.parse().ok());
    Ok(Grant::new("s".repeat(length.unwrap_or_default())))
}

#[tokio::test]
async fn a_grant_that_does_not_fit_into_a_refresh_token_is_denied() {
    let endpoint = Endpoint::builder().grant(of_length).build();
    let mut longest = None;
    let mut refused = 0;
    for length in 2_700..3_000 {
        let response = endpoint
            .post(&format!("grant_type=password&length={length}"))
            .await;
        if response.status == 200 {
            assert_eq!(refused, 0, "{length} fits, and less did not");
            longest = Some(response);
            continue;
        }
        assert_error(&response, 400, "invalid_grant");
        refused += 1;
    }
    assert!(refused > 0);
    let calls = endpoint.store.take_calls();
    assert_eq!(calls.len(), 300 - refused, "refused without a store call");

    // What was issued can be refreshed, however many digits the generation takes.
    let mut last = longest.expect("some of them fit");
    assert!((4_000..=4_096).contains(&last.refresh_token().len()));
    for _ in 0..101 {
        last = assert_refreshes(&endpoint, last.refresh_token()).await;
        assert!(last.refresh_token().len() <= 4_096);
    }
}

#[tokio::test]
async fn a_subject_at_its_session_limit_is_denied_one_more() {
    let limit = SessionLimit {
        max: 2,
        when_full: WhenFull::Refuse,
    };
    let endpoint = Endpoint::builder()
        .server(move |server| server.with_session_limit(Some(limit)))
        .build();
    let first = endpoint.login().await;
    let second = endpoint.login().await;
    let third = login(&endpoint, "other").await;
    assert_error(&third, 400, "invalid_grant");
    assert_eq!(third.denial, Some(Denial::SessionLimit));
    let bob = endpoint.post("grant_type=password&username=bob").await;
    assert_ok(&bob);
    let body = format!("token={}", first.refresh_token());
    endpoint.revoke_as("web", &body).await;
    assert_ok(&login(&endpoint, "other").await);
    assert_refreshes(&endpoint, second.refresh_token()).await;
}

#[tokio::test]
async fn a_subject_at_its_session_limit_loses_the_one_that_was_not_refreshed_for_longest() {
    let limit = SessionLimit {
        max: 2,
        when_full: WhenFull::EvictOldest,
    };
    let endpoint = Endpoint::builder()
        .server(move |server| server.with_session_limit(Some(limit)))
        .build();
    let tick = || {
        endpoint.clock.advance(std::time::Duration::from_millis(1));
    };
    let first = endpoint.login().await;
    tick();
    let second = endpoint.login().await;
    tick();
    let first = assert_refreshes(&endpoint, first.refresh_token()).await;
    tick();
    endpoint.forget();
    let third = endpoint.login().await;
    assert_eq!(endpoint.events.take_names(), ["SessionEvicted", "Issued"]);
    let response = endpoint.refresh(second.refresh_token()).await;
    assert_error(&response, 400, "invalid_grant");
    assert_refreshes(&endpoint, first.refresh_token()).await;
    assert_refreshes(&endpoint, third.refresh_token()).await;
}

/// Broken once: a client's own token could have a user as subject.
#[tokio::test]
async fn the_subject_of_client_credentials_is_the_client() {
    let engine = reissue_tests::Engine::new();
    let web = reissue_tests::trusted("web");
    for subject in ["alice", "other", "Web", "web "] {
        let issued = engine
            .server
            .issue(&web, GrantType::CLIENT_CREDENTIALS, Grant::new(subject))
            .await;
        assert_eq!(
            issued.unwrap_err().denial(),
            Denial::SubjectNotClient,
            "{subject}"
        );
    }
    assert_eq!(engine.store.take_calls(), []);
    let own = Grant::new("web");
    let issued = engine
        .server
        .issue(&web, GrantType::CLIENT_CREDENTIALS, own)
        .await;
    assert!(issued.unwrap().refresh_token.is_none());
}

#[tokio::test]
async fn a_label_has_at_most_256_bytes() {
    let longest = "ü".repeat(128);
    let too_long = format!("{longest}x");
    let grant = Grant::new("alice").with_label(longest.as_str()).unwrap();
    let refused = Grant::new("alice").with_label(too_long.as_str());
    let LabelTooLong { .. } = refused.unwrap_err();
    let engine = reissue_tests::Engine::new();
    let web = reissue_tests::trusted("web");
    let tokens = engine
        .server
        .issue(&web, GrantType::PASSWORD, grant.clone())
        .await;
    let sid = tokens.unwrap().sid.unwrap();
    // Past the check, by the field.
    let mut wide = grant;
    wide.label = Some(too_long.clone());
    let issued = engine.server.issue(&web, GrantType::PASSWORD, wide).await;
    assert_eq!(issued.unwrap_err().denial(), Denial::GrantUnissuable);
    let amended = engine
        .server
        .amend_session("alice", sid, |grant| grant.label = Some(too_long.clone()))
        .await;
    assert_eq!(amended.unwrap(), AmendOutcome::TooLarge);
    let sessions = engine.server.sessions("alice").await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].label.as_deref(), Some(longest.as_str()));
}

#[tokio::test]
async fn a_label_is_in_session_lists_and_in_no_token() {
    let endpoint = Endpoint::builder()
        .grant(|_| Ok(Grant::new("alice").with_label("Firefox on Linux").unwrap()))
        .build();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    for response in [&login, &next] {
        let claims = claims(response.text("access_token")).to_string();
        assert!(!claims.contains("Firefox"), "{claims}");
    }
    let sessions = endpoint.server.sessions("alice").await.unwrap();
    assert_eq!(sessions[0].label.as_deref(), Some("Firefox on Linux"));
}

#[tokio::test]
async fn extra_claims_and_how_the_subject_logged_in_are_in_every_access_token() {
    let endpoint = Endpoint::builder()
        .grant(|_| {
            let grant = Grant::new("alice")
                .with_auth_time(Timestamp::from_secs(1_799_999_000))
                .with_acr("urn:mace:incommon:iap:silver")
                .with_claim("tenant", "blue")
                .and_then(|grant| grant.with_claim("level", 3))
                .and_then(|grant| grant.with_claim("admin", false))
                .and_then(|grant| grant.with_claim("groups", vec!["a", "b"]))
                .and_then(|grant| grant.with_claim("limits", limits()))
                .and_then(|grant| grant.with_claim("seats", u64::MAX))
                .and_then(|grant| grant.with_claim("manager", None::<&str>));
            Ok(grant.expect("these claims are not reserved"))
        })
        .build();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    for response in [&login, &next] {
        let claims = claims(response.text("access_token"));
        assert_eq!(claims["auth_time"], 1_799_999_000);
        assert_eq!(claims["acr"], "urn:mace:incommon:iap:silver");
        assert_eq!(claims["tenant"], "blue");
        assert_eq!(claims["level"], 3);
        assert_eq!(claims["admin"], false);
        assert_eq!(claims["groups"], serde_json::json!(["a", "b"]));
        let limits = serde_json::json!({ "uploads": [{ "mb": 0.1 }] });
        assert_eq!(claims["limits"], limits);
        assert_eq!(claims["seats"], u64::MAX);
        assert_eq!(claims["manager"], serde_json::Value::Null);
    }
}

fn limits() -> Json {
    Json::object([("uploads", [Json::object([("mb", 0.1)])])])
}

/// Also at the greatest depth, which is one level more in the token.
#[tokio::test]
async fn a_claim_of_the_greatest_depth_survives_every_refresh() {
    let endpoint = Endpoint::builder()
        .grant(|_| {
            let deep = (0..Json::MAX_DEPTH).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
            let grant = Grant::new("alice").with_claim("deep", deep);
            Ok(grant.expect("the claim is as deep as may be"))
        })
        .build();
    let login = endpoint.login().await;
    let next = endpoint.refresh(login.refresh_token()).await;
    let last = endpoint.refresh(next.refresh_token()).await;
    assert_eq!(
        claims(login.text("access_token"))["deep"],
        claims(last.text("access_token"))["deep"]
    );
}

#[test]
fn claims_that_the_server_fills_cannot_be_added() {
    for name in [
        "sub",
        "scope",
        "exp",
        "cnf",
        "sid",
        "client_id",
        "aud",
        "iss",
    ] {
        let error = Grant::new("alice").with_claim(name, "x").unwrap_err();
        let name = name.to_owned();
        assert_eq!(error, InvalidClaim::Reserved { name });
    }
}

/// No token could be read that has such a claim.
#[test]
fn claims_that_are_too_deep_cannot_be_added() {
    let nested = |depth| (0..depth).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
    let grant = Grant::new("alice").with_claim("deep", nested(Json::MAX_DEPTH));
    assert!(grant.is_ok());
    let error = Grant::new("alice").with_claim("deep", nested(Json::MAX_DEPTH + 1));
    let name = "deep".to_owned();
    assert_eq!(error.unwrap_err(), InvalidClaim::TooDeep { name });
}

#[tokio::test]
async fn a_login_while_the_store_is_down_is_503() {
    let endpoint = Endpoint::new();
    endpoint.store.plan(Fault::Before);
    let response = login(&endpoint, "web").await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert_ok(&login(&endpoint, "web").await);
}

#[tokio::test]
async fn a_public_client_gets_a_refresh_token_too() {
    let endpoint = Endpoint::builder()
        .client(Client::public("spa").with_grant_types([GrantType::PASSWORD]))
        .build();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=spa")
        .await;
    assert_ok(&login);
    let body = format!(
        "grant_type=refresh_token&client_id=spa&refresh_token={}",
        login.refresh_token()
    );
    assert_ok(&endpoint.post_bare(&body).await);
}
