//! Introspection (RFC 7662).

mod standing;

use std::time::Duration;

use http::Method;
use http::header::AUTHORIZATION;
use reissue::client::{AuthMethod, Client, IntrospectionAccess};
use reissue::{Confirmation, Denial, Grant, GrantType, Lifetime, Policy};
use reissue_tests::{
    Endpoint, Fault, TestResponse, Verb, assert_error, assert_refreshes, basic, basic_of, claims,
    confidential, form, form_of_web,
};

use crate::bearer::one_of;

/// An endpoint with `api`, which may introspect the tokens of others.
fn endpoint() -> Endpoint {
    Endpoint::builder()
        .client(confidential("api").with_introspection_access(IntrospectionAccess::AllTokens))
        .build()
}

async fn introspect(endpoint: &Endpoint, client: &str, token: &str) -> TestResponse {
    let response = endpoint
        .introspect_as(client, &format!("token={token}"))
        .await;
    assert_eq!(response.headers["content-type"], "application/json");
    assert_eq!(response.headers["cache-control"], "no-store");
    assert_eq!(response.headers["pragma"], "no-cache");
    response
}

#[track_caller]
fn assert_inactive(response: &TestResponse) {
    assert_eq!(response.summary(), "200", "{response:?}");
    assert_eq!(response.body, r#"{"active":false}"#);
}

#[tokio::test]
async fn an_active_access_token_is_described_to_entitled_clients() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    let token = login.text("access_token");
    endpoint.forget();
    let own = introspect(&endpoint, "web", token).await;
    let foreign = introspect(&endpoint, "api", token).await;
    let looked_up = [Verb::Load, Verb::IsConsumed];
    assert_eq!(endpoint.store.take_calls(), looked_up.repeat(2));
    assert_eq!(own.wire(), foreign.wire());
    insta::assert_snapshot!(own.redacted_wire(), @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"active":true,"scope":"openid read write","client_id":"web","sub":"alice","aud":"https://id.example","iss":"https://id.example","iat":[time],"exp":[time],"jti":"[jti]","sid":"[sid]","token_type":"Bearer"}
    "#);
    let claims = claims(token);
    for name in [
        "scope",
        "client_id",
        "sub",
        "aud",
        "iss",
        "iat",
        "exp",
        "jti",
        "sid",
    ] {
        assert_eq!(own.json[name], claims[name], "{name}");
    }
    assert!(own.json["iat"].is_u64() && own.json["exp"].is_u64());
}

#[tokio::test]
async fn an_active_refresh_token_is_described_to_entitled_clients() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    let own = introspect(&endpoint, "web", login.refresh_token()).await;
    let foreign = introspect(&endpoint, "api", login.refresh_token()).await;
    assert_eq!(own.wire(), foreign.wire());
    insta::assert_snapshot!(own.redacted_wire(), @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"active":true,"scope":"openid read write","client_id":"web","sub":"alice","aud":"https://id.example","iss":"https://id.example","iat":[time],"exp":[time],"sid":"[sid]"}
    "#);
    let claims = claims(login.text("access_token"));
    assert_eq!(own.json["sid"], claims["sid"]);
    let lifetime = own.json["exp"].as_u64().unwrap() - own.json["iat"].as_u64().unwrap();
    assert_eq!(lifetime, 30 * 24 * 3_600);
}

#[tokio::test]
async fn a_bound_token_shows_its_key_and_its_type() {
    let endpoint = Endpoint::builder()
        .grant(|parameters| {
            let grant = Grant::new("alice");
            Ok(match parameters.get("username") {
                Some("dpop") => grant.with_confirmation(Confirmation::Jkt("t1".to_owned())),
                _ => grant.with_confirmation(Confirmation::X5tS256("t2".to_owned())),
            })
        })
        .build();
    for (username, cnf, token_type) in [
        ("dpop", serde_json::json!({"jkt": "t1"}), "DPoP"),
        ("mtls", serde_json::json!({"x5t#S256": "t2"}), "Bearer"),
    ] {
        let login = endpoint
            .post(&format!("grant_type=password&username={username}"))
            .await;
        let access = introspect(&endpoint, "web", login.text("access_token")).await;
        assert_eq!(access.json["cnf"], cnf);
        assert_eq!(access.json["token_type"], token_type);
        let refresh = introspect(&endpoint, "web", login.refresh_token()).await;
        assert_eq!(refresh.json["cnf"], cnf);
    }
}

#[tokio::test]
async fn a_narrowed_access_token_is_described_as_narrow() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    let narrow = endpoint
        .refresh_with(login.refresh_token(), "scope=read")
        .await;
    let access = introspect(&endpoint, "web", narrow.text("access_token")).await;
    assert_eq!(access.json["scope"], "read");
    let refresh = introspect(&endpoint, "web", narrow.refresh_token()).await;
    assert_eq!(refresh.json["scope"], "openid read write");
}

#[tokio::test]
async fn the_token_of_another_client_is_inactive_unless_entitled() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    for token in [login.refresh_token(), login.text("access_token")] {
        assert_inactive(&introspect(&endpoint, "other", token).await);
    }
}

#[tokio::test]
async fn garbage_is_inactive_without_a_store_call() {
    let endpoint = endpoint();
    let stranger = Endpoint::new().login().await;
    for token in [
        "garbage",
        "v4.local.AAAA.AAAA",
        "eyJhbGciOiJub25lIn0.e30.",
        stranger.refresh_token(),
        stranger.text("access_token"),
    ] {
        assert_inactive(&introspect(&endpoint, "api", token).await);
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

#[tokio::test]
async fn a_rotated_token_is_inactive_and_asking_is_never_reuse() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    let next = assert_refreshes(&endpoint, login.refresh_token()).await;
    endpoint.forget();
    for _ in 0..2 {
        let before = endpoint.record("alice").await.unwrap();
        endpoint.forget();
        for client in ["web", "api", "other"] {
            assert_inactive(&introspect(&endpoint, client, login.refresh_token()).await);
        }
        assert_eq!(endpoint.store.take_calls(), [Verb::Load; 3]);
        let after = endpoint.record("alice").await.unwrap();
        assert_eq!(after.conflicts, before.conflicts);
        // Once more after grace.
        endpoint.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(endpoint.events.take_names().len(), 0);
    assert_refreshes(&endpoint, next.refresh_token()).await;
}

#[tokio::test]
async fn a_revoked_token_is_inactive() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    endpoint
        .server
        .revoke_sessions("alice", None)
        .await
        .unwrap();
    for token in [login.refresh_token(), login.text("access_token")] {
        assert_inactive(&introspect(&endpoint, "web", token).await);
    }
}

#[tokio::test]
async fn an_expired_token_is_inactive() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    endpoint.clock.advance(Duration::from_millis(599_999));
    let access = introspect(&endpoint, "web", login.text("access_token")).await;
    assert_eq!(access.json["active"], true);
    endpoint.clock.advance(Duration::from_millis(1));
    assert_inactive(&introspect(&endpoint, "web", login.text("access_token")).await);
    endpoint
        .clock
        .advance(Duration::from_secs(30 * 24 * 3_600 - 600));
    assert_inactive(&introspect(&endpoint, "web", login.refresh_token()).await);
}

/// Broken once: the lifetimes of the asking client's policy were applied to the token of another.
#[tokio::test]
async fn the_policy_of_the_asking_client_does_not_matter() {
    let minute = Lifetime::For(Duration::from_secs(60));
    let short = Policy::builder().with_idle_ttl(minute).build().unwrap();
    let endpoint = Endpoint::builder()
        .client(
            confidential("api")
                .with_introspection_access(IntrospectionAccess::AllTokens)
                .with_policy(short),
        )
        .build();
    let login = endpoint.login().await;
    endpoint.clock.advance(Duration::from_secs(3_600));
    let response = introspect(&endpoint, "api", login.refresh_token()).await;
    assert_eq!(response.json["active"], true, "{response:?}");
}

#[tokio::test]
async fn with_a_failing_store_introspection_is_neither_true_nor_false() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    for token in [login.refresh_token(), login.text("access_token")] {
        endpoint.store.plan(Fault::Before);
        let response = introspect(&endpoint, "web", token).await;
        assert_error(&response, 503, "temporarily_unavailable");
        let response = introspect(&endpoint, "web", token).await;
        assert_eq!(response.json["active"], true);
    }
    // Of the two looks at an access token, the other.
    endpoint.store.plan_success();
    endpoint.store.plan(Fault::Before);
    let response = introspect(&endpoint, "web", login.text("access_token")).await;
    assert_error(&response, 503, "temporarily_unavailable");
}

#[tokio::test]
async fn an_access_token_without_session_needs_one_look() {
    let endpoint = endpoint();
    let issued = endpoint.post("grant_type=client_credentials").await;
    let response = introspect(&endpoint, "api", issued.text("access_token")).await;
    assert_eq!(response.json["active"], true);
    assert_eq!(response.json["sub"], "web");
    assert!(response.json.get("sid").is_none());
    assert_eq!(endpoint.store.take_calls(), [Verb::IsConsumed]);
}

#[tokio::test]
async fn the_hint_makes_no_difference() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    for token in [login.refresh_token(), login.text("access_token")] {
        let without = introspect(&endpoint, "web", token).await;
        for hint in ["refresh_token", "access_token", "x", ""] {
            let body = format!("token={token}&token_type_hint={hint}");
            let response = endpoint.introspect_as("web", &body).await;
            assert_eq!(response.wire(), without.wire());
        }
    }
}

#[tokio::test]
async fn without_client_authentication_nothing_is_revealed() {
    let endpoint = endpoint();
    let login = endpoint.login().await;
    endpoint.forget();
    let body = format!("token={}", login.refresh_token());
    for authorization in [None, Some(basic("nobody")), Some(basic_of("api:wrong"))] {
        let mut request = form(body.clone());
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let response = endpoint.call_introspection(request).await;
        assert_error(&response, 401, "invalid_client");
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

/// Broken once: the id of a public client was enough to introspect its tokens.
#[tokio::test]
async fn a_client_that_only_sends_its_id_gets_no_information() {
    let both = [AuthMethod::ClientSecretBasic, AuthMethod::None];
    let endpoint = Endpoint::builder()
        .client(confidential("both").with_auth_methods(both))
        .client(
            Client::public("app")
                .with_introspection_access(IntrospectionAccess::AllTokens)
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token(),
        )
        .build();
    let login = endpoint
        .post_bare("grant_type=password&username=alice&client_id=app")
        .await;
    let own = endpoint
        .post_as("both", "grant_type=password&username=alice")
        .await;
    let mut wires = Vec::new();
    for (client, token) in [
        ("app", login.text("access_token")),
        ("both", own.text("access_token")),
        ("both", own.refresh_token()),
        ("app", "garbage"),
    ] {
        endpoint.forget();
        let body = format!("client_id={client}&token={token}");
        let response = endpoint.call_introspection(form(body)).await;
        assert_error(&response, 401, "invalid_client");
        assert_eq!(response.denial, Some(Denial::ClientUnproved));
        assert_eq!(endpoint.store.take_calls(), []);
        wires.push(response.wire());
    }
    insta::assert_snapshot!(one_of(&wires), @r#"
    401 Unauthorized
    cache-control: no-store
    content-type: application/json
    pragma: no-cache
    www-authenticate: Basic realm="https://id.example"

    {"error":"invalid_client","error_description":"Client authentication failed."}
    "#);
    // With its secret the same client gets the claims.
    let response = introspect(&endpoint, "both", own.refresh_token()).await;
    assert_eq!(response.json["active"], true);
    // A public client may still revoke its tokens.
    let body = format!("client_id=app&token={}", login.text("access_token"));
    let response = endpoint.call_revocation(form(body)).await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn a_malformed_introspection_request_is_denied() {
    let endpoint = endpoint();
    for body in ["", "token=", "token=a&token=a", "token=%zz"] {
        let response = endpoint.introspect_as("web", body).await;
        assert_error(&response, 400, "invalid_request");
    }
    let mut get = form_of_web("token=x");
    *get.method_mut() = Method::GET;
    let response = endpoint.call_introspection(get).await;
    assert_error(&response, 405, "invalid_request");
}
