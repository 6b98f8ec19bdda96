//! What the rows of several systems assert.

use std::time::Duration;

use reissue::client::Client;
use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
use reissue::{Claims, Denial, Grant, GrantType, Json, Parameters, Policy, ResponseParameters};
use reissue_tests::{
    ALL_SCOPES, Endpoint, EndpointBuilder, SECRET, TestResponse, assert_error, assert_ok, basic,
    claims, confidential, form, form_encoded,
};

pub(super) const TICK: Duration = Duration::from_millis(1);
pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const HOUR: Duration = Duration::from_secs(3_600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3_600);

/// An endpoint under a policy, but for its public client `app`, which may have no other than
/// rotation.
pub(super) fn builder(policy: Policy) -> EndpointBuilder {
    let app = Client::public("app")
        .with_grant_types([GrantType::PASSWORD])
        .with_policy(Policy::default());
    Endpoint::builder().client(app).policy(policy)
}

pub(super) fn with(policy: Policy) -> Endpoint {
    builder(policy).build()
}

/// Says the same to every refresh.
pub(super) struct Host(pub(super) fn(&Refreshing<'_>) -> Decision);

impl RefreshHook for Host {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        Ok((self.0)(refreshing))
    }
}

/// Returns the current refresh token: that of the response, or the previous one if the response has
/// none.
pub(super) fn current<'a>(before: &'a str, response: &'a TestResponse) -> &'a str {
    response.json["refresh_token"].as_str().unwrap_or(before)
}

pub(super) async fn is_active(endpoint: &Endpoint, token: &str) -> bool {
    let response = endpoint
        .introspect_as("web", &format!("token={token}"))
        .await;
    response.json["active"] == true
}

/// Asserts that a refresh token is accepted until just before `lifetime`, and denied from then on.
pub(super) async fn assert_refresh_token_lives(policy: &Policy, lifetime: Duration) {
    for (waited, expected) in [(lifetime - TICK, "200"), (lifetime, "400 invalid_grant")] {
        let endpoint = with(policy.clone());
        let login = endpoint.login().await;
        endpoint.clock.advance(waited);
        let response = endpoint.refresh(login.refresh_token()).await;
        assert_eq!(response.summary(), expected, "{policy:?}");
    }
}

/// An access token is good until just before `lifetime`, and not from then on.
pub(super) async fn assert_access_token_lives(policy: &Policy, lifetime: Duration) {
    let endpoint = with(policy.clone());
    let login = endpoint.login().await;
    assert_eq!(login.json["expires_in"], lifetime.as_secs());
    let token = login.text("access_token");
    endpoint.clock.advance(lifetime - SECOND);
    assert!(is_active(&endpoint, token).await);
    endpoint.clock.advance(SECOND);
    assert!(!is_active(&endpoint, token).await);
}

/// Less than the granted scope, all of it again, none named, and more than it.
pub(super) async fn assert_scopes(policy: Policy) {
    let endpoint = with(policy);
    let login = endpoint.login().await;
    let first = login.refresh_token();
    let beyond = endpoint.refresh_with(first, "scope=read+admin").await;
    assert_error(&beyond, 400, "invalid_scope");

    let narrow = endpoint.refresh_with(first, "scope=read").await;
    assert_ok(&narrow);
    assert_eq!(narrow.text("scope"), "read");
    assert_eq!(claims(narrow.text("access_token"))["scope"], "read");

    let second = current(first, &narrow);
    let all = endpoint
        .refresh_with(second, "scope=openid+read+write")
        .await;
    assert_ok(&all);
    assert_eq!(all.text("scope"), ALL_SCOPES);

    let unsaid = endpoint.refresh(current(second, &all)).await;
    assert_ok(&unsaid);
    assert_eq!(unsaid.text("scope"), ALL_SCOPES);
}

/// Asserts that two requests with one refresh token get one new token, which is the current one.
pub(super) async fn assert_one_new_token(policy: Policy) {
    let endpoint = with(policy);
    let login = endpoint.login().await;
    let token = login.refresh_token();
    let (one, other) = tokio::join!(endpoint.refresh(token), endpoint.refresh(token));
    for response in [&one, &other] {
        assert_ok(response);
        assert!(is_active(&endpoint, response.refresh_token()).await);
    }
    let record = endpoint.record("alice").await;
    assert_eq!(record.map(|record| record.generation), Some(1));
}

/// A superseded token that comes back after grace ends the session.
pub(super) async fn assert_reuse_ends_the_session(policy: Policy) {
    let endpoint = with(policy.clone());
    let login = endpoint.login().await;
    let next = endpoint.refresh(login.refresh_token()).await;
    assert_ok(&next);
    endpoint.clock.advance(policy.grace() + TICK);
    endpoint.forget();
    let reused = endpoint.refresh(login.refresh_token()).await;
    assert_error(&reused, 400, "invalid_grant");
    assert_eq!(
        endpoint.events.take_names(),
        ["Revoked", "Reused", "Denied"]
    );
    let next = endpoint.refresh(next.refresh_token()).await;
    assert_error(&next, 400, "invalid_grant");
}

/// Asserts that a superseded token returns the same new token again within its grace period.
pub(super) async fn assert_grace(policy: Policy) {
    let endpoint = with(policy.clone());
    let login = endpoint.login().await;
    let next = endpoint.refresh(login.refresh_token()).await;
    endpoint.clock.advance(policy.grace() - TICK);
    let again = endpoint.refresh(login.refresh_token()).await;
    for response in [&next, &again] {
        assert_ok(response);
        assert!(is_active(&endpoint, response.refresh_token()).await);
    }
}

/// Asserts that refresh tokens of another system are denied without reading the store.
pub(super) async fn assert_foreign_tokens_are_denied(policy: Policy, tokens: &[&str]) {
    let endpoint = with(policy);
    endpoint.login().await;
    endpoint.forget();
    for token in tokens {
        let response = endpoint.refresh(token).await;
        assert_error(&response, 400, "invalid_grant");
    }
    assert_eq!(endpoint.store.take_calls(), []);
}

/// Only grants that stand for a user bring a refresh token, and only to clients that may use it.
pub(super) async fn assert_grants(policy: Policy, with_refresh_token: &[&str]) {
    let plain = confidential("plain")
        .with_grant_types([GrantType::PASSWORD])
        .without_refresh_token();
    let with = with_refresh_token.iter();
    let mut grant_types: Vec<GrantType> = with.map(|name| name.parse().unwrap()).collect();
    grant_types.extend([GrantType::CLIENT_CREDENTIALS, GrantType::IMPLICIT]);
    let endpoint = builder(policy)
        .client(confidential("web").with_grant_types(grant_types))
        .client(plain)
        .build();
    let ask = |grant: &str| format!("grant_type={}&username=alice", form_encoded(grant));
    for grant in with_refresh_token {
        let response = endpoint.post(&ask(grant)).await;
        assert_ok(&response);
        assert_ok(&endpoint.refresh(response.refresh_token()).await);
    }
    for grant in ["client_credentials", "implicit"] {
        let response = endpoint.post(&ask(grant)).await;
        assert_ok(&response);
        assert!(response.json.get("refresh_token").is_none(), "{grant}");
    }
    let response = endpoint.post_as("plain", &ask("password")).await;
    assert_ok(&response);
    assert!(response.json.get("refresh_token").is_none());
}

/// A parameter and a claim at login and at every refresh.
pub(super) async fn assert_extras(policy: Policy) {
    let endpoint = builder(policy)
        .grant(tenant_blue)
        .server(|server| server.with_hook(Host(tenant_of_the_grant)))
        .build();
    let login = endpoint.login().await;
    let refreshed = endpoint.refresh(login.refresh_token()).await;
    for response in [&login, &refreshed] {
        assert_eq!(response.summary(), "200", "{response:?}");
        let tenant = serde_json::json!({ "name": "blue", "seats": 12 });
        assert_eq!(response.json["tenant"], tenant);
        let claims = claims(response.text("access_token"));
        assert_eq!(claims["tenant"], tenant);
    }
    let claims = claims(refreshed.text("access_token"));
    assert_eq!(claims["refreshed"], true);
}

fn tenant_blue(_: &Parameters) -> Result<Grant, Denial> {
    let tenant = Json::object([("name", "blue".into()), ("seats", Json::from(12))]);
    let grant = Grant::new("alice").with_claim("tenant", tenant.clone());
    let grant = grant.expect("the claim is not reserved");
    Ok(grant
        .with_parameter("tenant", tenant)
        .expect("the parameter is not reserved"))
}

/// The response's `tenant` from the claim of the same name, which the session keeps.
fn tenant_of_the_grant(refreshing: &Refreshing<'_>) -> Decision {
    let tenant = refreshing.grant.claims.get("tenant").cloned();
    let mut parameters = ResponseParameters::default();
    parameters
        .insert("tenant", tenant.expect("every grant here has one"))
        .expect("the parameter is not reserved");
    let mut claims = Claims::default();
    claims
        .insert("refreshed", true)
        .expect("the claim is not reserved");
    let allowance = reissue::hook::RefreshOverrides::default();
    allowance
        .with_parameters(parameters)
        .with_claims(claims)
        .into()
}

/// A secret in the header or in the body, not in both; none for a public client.
pub(super) async fn assert_client_authentication(policy: Policy) {
    let endpoint = with(policy);
    let secret = form_encoded(SECRET);
    let login = "grant_type=password&username=alice";
    let in_body = format!("{login}&client_id=web&client_secret={secret}");
    assert_ok(&endpoint.post(login).await);
    assert_ok(&endpoint.post_bare(&in_body).await);
    assert_error(&endpoint.post(&in_body).await, 400, "invalid_request");
    let public = format!("{login}&client_id=app");
    assert_ok(&endpoint.post_bare(&public).await);
    for (client, secret) in [("web", ""), ("web", "wrong"), ("nobody", "wrong")] {
        let form = format!("{login}&client_id={client}&client_secret={secret}");
        let response = endpoint.post_bare(&form).await;
        assert_error(&response, 401, "invalid_client");
    }
}

/// What is denied, and with which code.
pub(super) async fn assert_error_codes(policy: Policy) {
    let endpoint = builder(policy)
        .client(
            confidential("plain")
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token(),
        )
        .build();
    let login = endpoint.login().await;
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        login.refresh_token()
    );
    for (client, form, status, code) in [
        ("web", "grant_type=refresh_token", 400, "invalid_request"),
        ("web", "refresh_token=x", 400, "invalid_request"),
        ("plain", &*refresh, 400, "unauthorized_client"),
    ] {
        let response = endpoint.post_as(client, form).await;
        assert_error(&response, status, code);
    }

    let garbage = endpoint.refresh("garbage").await;
    let foreign = endpoint.post_as("other", &refresh).await;
    for response in [&garbage, &foreign] {
        assert_error(response, 400, "invalid_grant");
    }
    assert_eq!(garbage.body, foreign.body, "the client is not told why");

    let mut request = form(refresh);
    request.headers_mut().insert("authorization", basic("web"));
    *request.method_mut() = http::Method::GET;
    assert_error(&endpoint.call(request).await, 405, "invalid_request");
    assert_ok(&endpoint.refresh(login.refresh_token()).await);
}
