//! Tokens that are bound to a key (RFC 8705, RFC 9449).

use reissue::client::{AuthenticatedClient, SenderConstraint};
use reissue::{Confirmation, Denial, Grant, Parameters, RefreshRequest, RefreshToken};
use reissue_tests::{
    Endpoint, TestResponse, assert_error, assert_ok, assert_refreshes, claims, confidential,
    form_of_web,
};

fn bound(parameters: &Parameters) -> Result<Grant, Denial> {
    let grant = Grant::new("alice");
    Ok(match parameters.get("username") {
        Some("loose") => grant,
        _ => grant.with_confirmation(Confirmation::Jkt("the key".to_owned())),
    })
}

#[tokio::test]
async fn a_sender_constrained_client_gets_bound_tokens_only() {
    let endpoint = Endpoint::builder()
        .client(confidential("web").with_sender_constraint(SenderConstraint::Required))
        .grant(bound)
        .build();
    let response = endpoint.post("grant_type=password&username=loose").await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.store.take_calls(), []);
    let response = endpoint.login().await;
    assert_ok(&response);
    assert_eq!(response.text("token_type"), "DPoP");
    assert_eq!(
        claims(response.text("access_token"))["cnf"]["jkt"],
        "the key"
    );
}

/// Refreshes at `web`, after a layer outside has verified this proof.
async fn refresh_proving(
    endpoint: &Endpoint,
    token: &str,
    proof: Option<Confirmation>,
) -> TestResponse {
    let mut request = form_of_web(format!("grant_type=refresh_token&refresh_token={token}"));
    if let Some(proof) = proof {
        request.extensions_mut().insert(proof);
    }
    endpoint.call(request).await
}

#[tokio::test]
async fn a_bound_token_is_refreshed_with_its_key_only_and_otherwise_untouched() {
    let endpoint = Endpoint::builder().grant(bound).build();
    let login = endpoint.login().await;
    endpoint.forget();
    for proof in [
        None,
        Some(Confirmation::Jkt("another".to_owned())),
        Some(Confirmation::X5tS256("the key".to_owned())),
    ] {
        let response = refresh_proving(&endpoint, login.refresh_token(), proof).await;
        assert_error(&response, 400, "invalid_grant");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    let proof = Some(Confirmation::Jkt("the key".to_owned()));
    let response = refresh_proving(&endpoint, login.refresh_token(), proof).await;
    assert_ok(&response);
    assert_eq!(response.text("token_type"), "DPoP");
    assert_eq!(
        claims(response.text("access_token"))["cnf"]["jkt"],
        "the key"
    );
}

#[tokio::test]
async fn a_proof_that_the_grant_does_not_ask_for_changes_nothing() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let proof = Some(Confirmation::Jkt("the key".to_owned()));
    let response = refresh_proving(&endpoint, login.refresh_token(), proof).await;
    assert_ok(&response);
    assert_eq!(response.text("token_type"), "Bearer");
}

#[tokio::test]
async fn a_session_without_a_key_ends_to_refresh_when_its_client_must_have_one() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let bound = AuthenticatedClient::trust(
        confidential("web").with_sender_constraint(SenderConstraint::Required),
    );
    let request = RefreshRequest::new(RefreshToken::new(login.refresh_token()));
    let refused = endpoint.server.refresh(&bound, request).await;
    assert_eq!(refused.unwrap_err().denial(), Denial::KeyMismatch);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}
