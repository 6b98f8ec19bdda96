//! Parameters that an application adds to the token response (RFC 6749 §8.2).

use reissue::hook::{Decision, HookError, RefreshHook, RefreshOverrides, Refreshing};
use reissue::{Grant, GrantType, InvalidParameter, Json, Parameters, ResponseParameters};
use reissue_tests::{Endpoint, TestResponse, assert_ok, assert_refreshes, claims};

/// Grants with one parameter of each kind, or without any.
fn grant(parameters: &Parameters) -> Result<Grant, reissue::Denial> {
    let grant = Grant::new("alice").with_scope("read".parse().expect("it is well-formed"));
    if parameters.get("plain").is_some() {
        return Ok(grant);
    }
    let with_all = grant
        .with_parameter("zone", "blue \"1\"")
        .and_then(|grant| grant.with_parameter("id_token", "planted.in.tests"))
        .and_then(|grant| grant.with_parameter("level", 3))
        .and_then(|grant| grant.with_parameter("admin", false))
        .and_then(|grant| grant.with_parameter("groups", vec!["a", "b"]));
    Ok(with_all.expect("none of them is reserved"))
}

/// Responds to every refresh with the public name of its session.
struct Host;

impl RefreshHook for Host {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        let mut parameters = ResponseParameters::default();
        parameters
            .insert("session", refreshing.sid.to_string())
            .map_err(HookError::new)?;
        Ok(RefreshOverrides::default()
            .with_parameters(parameters)
            .into())
    }
}

async fn login(endpoint: &Endpoint, more: &str) -> TestResponse {
    let response = endpoint.post(&format!("grant_type=password{more}")).await;
    assert_eq!(response.summary(), "200", "{response:?}");
    response
}

#[tokio::test]
async fn they_stand_after_those_of_the_rfc_in_order_of_their_names() {
    let endpoint = Endpoint::builder().grant(grant).build();
    let response = login(&endpoint, "").await;
    insta::assert_snapshot!(response.redacted_wire(), @r#"
    200 OK
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"access_token":"[access_token]","token_type":"Bearer","expires_in":600,"refresh_token":"[refresh_token]","scope":"read","admin":false,"groups":["a","b"],"id_token":"planted.in.tests","level":3,"zone":"blue \"1\""}
    "#);
}

#[tokio::test]
async fn without_any_the_response_is_as_ever() {
    let endpoint = Endpoint::builder().grant(grant).build();
    assert_ok(&login(&endpoint, "&plain=1").await);
}

#[tokio::test]
async fn they_are_in_a_response_without_a_refresh_token_too() {
    let endpoint = Endpoint::builder()
        .client(
            reissue_tests::confidential("web")
                .with_grant_types([GrantType::PASSWORD])
                .without_refresh_token(),
        )
        .grant(grant)
        .build();
    let response = login(&endpoint, "").await;
    assert!(response.json.get("refresh_token").is_none());
    assert_eq!(response.json["level"], 3);
}

#[tokio::test]
async fn a_refresh_does_not_repeat_those_of_the_login() {
    let endpoint = Endpoint::builder().grant(grant).build();
    let login = login(&endpoint, "").await;
    assert_refreshes(&endpoint, login.refresh_token()).await;

    // Nor do they come back with the grant of the record, after an amendment.
    let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
    let amended = endpoint.server.amend_session("alice", sid, |grant| {
        grant.parameters.insert("zone", "red").unwrap();
        grant.acr = Some("2".to_owned());
    });
    amended.await.unwrap();
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn the_hook_adds_them_to_a_refresh() {
    let endpoint = Endpoint::builder()
        .grant(grant)
        .server(|server| server.with_hook(Host))
        .build();
    let first = login(&endpoint, "").await;
    let sid = endpoint.server.sessions("alice").await.unwrap()[0].sid;
    // A retry is a refresh like any other.
    for _ in 0..2 {
        let response = endpoint.refresh(first.refresh_token()).await;
        assert_eq!(response.summary(), "200", "{response:?}");
        assert_eq!(response.text("session"), sid.to_string());
        assert!(response.json.get("zone").is_none(), "{response:?}");
    }
}

#[tokio::test]
async fn they_are_in_no_token_event_or_debug_output() {
    let endpoint = Endpoint::builder().grant(grant).build();
    let response = login(&endpoint, "").await;
    let claims = claims(response.text("access_token"));
    for name in ["zone", "id_token", "level"] {
        assert!(claims.get(name).is_none(), "{name} in {claims}");
    }
    let events = endpoint.events.take().join("\n");
    assert!(!events.contains("planted"), "{events}");

    let grant = Grant::new("alice").with_parameter("id_token", "planted");
    let shown = format!("{grant:?}");
    assert!(shown.contains("id_token"), "{shown}");
    assert!(!shown.contains("planted"), "{shown}");
}

#[test]
fn names_of_the_rfc_are_rejected() {
    let mut parameters = ResponseParameters::default();
    for name in [
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scope",
        "error",
        "error_description",
        "error_uri",
    ] {
        let reserved = InvalidParameter::Reserved {
            name: name.to_owned(),
        };
        let error = Grant::new("alice").with_parameter(name, "x").unwrap_err();
        assert_eq!(error, reserved);
        assert_eq!(parameters.insert(name, true).unwrap_err(), reserved);
    }
    assert!(parameters.is_empty());
    assert!(parameters.insert("state", "x").is_ok());
    let all: Vec<_> = parameters.iter().collect();
    assert_eq!(all, [("state", &Json::from("x"))]);
    assert_eq!(parameters.get("state"), Some(&Json::from("x")));
}
