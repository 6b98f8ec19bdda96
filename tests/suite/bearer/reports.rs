//! The hook that counts what is denied.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use reissue::Sid;
use reissue::bearer::{BearerDenial, BearerLayer, DeniedRequest};
use reissue::guessing::ClientAddress;
use reissue::token::VerifyError;
use reissue_tests::{Endpoint, Fault};
use serde_json::json;

use super::{Api, ask, bearing};
use crate::bearer::sessions::{login, revoke};

/// What a hook was called with.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Denied>>>);

type Denied = (
    &'static str,
    Option<String>,
    Option<Sid>,
    Option<ClientAddress>,
);

impl Heard {
    fn on<T>(&self, layer: BearerLayer<T>) -> BearerLayer<T> {
        let heard = self.0.clone();
        layer.with_denial_hook(move |denied: &DeniedRequest<'_>| {
            let client_id = denied.client_id.map(str::to_owned);
            let name = denied.denial.name();
            let mut heard = heard.lock().unwrap();
            heard.push((name, client_id, denied.sid, denied.address));
        })
    }

    fn take(&self) -> Vec<Denied> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn address() -> ClientAddress {
    ClientAddress::from(std::net::IpAddr::from([203, 0, 113, 7]))
}

#[tokio::test]
async fn a_denial_is_reported_once_with_what_is_known() {
    let api = Api::new();
    let heard = Heard::default();
    let layer = heard.on(api.layer.clone());
    ask(&layer, bearing(&api.token(&json!({})))).await;
    assert_eq!(heard.take(), []);
    // Nobody but the issuer is believed.
    let mut request = bearing("garbage");
    request.extensions_mut().insert(address());
    ask(&layer, request).await;
    let garbage = ("token_malformed", None, None, Some(address()));
    assert_eq!(heard.take(), [garbage]);
    let sid = "AAECAwQFBgcICQoLDA0ODw";
    let late = api.token(&json!({"exp": 1_800_000_000, "sid": sid}));
    let expired = ("expired", Some("web".to_owned()), sid.parse().ok(), None);
    ask(&layer, bearing(&late)).await;
    assert_eq!(heard.take(), std::slice::from_ref(&expired));
    layer.verify(&bearing(&late)).await.unwrap_err();
    assert_eq!(heard.take(), [expired]);
}

#[tokio::test]
async fn the_store_and_the_session_are_reported_too() {
    let endpoint = Endpoint::new();
    let (token, sid) = login(&endpoint).await;
    let heard = Heard::default();
    let layer = heard.on(BearerLayer::for_server(&endpoint.server).with_session_check());
    let of = |name| (name, Some("web".to_owned()), Some(sid), Some(address()));
    let request = || {
        let mut request = bearing(&token);
        request.extensions_mut().insert(address());
        request
    };
    endpoint.store.plan(Fault::Before);
    ask(&layer, request()).await;
    assert_eq!(heard.take(), [of("store_unavailable")]);
    revoke(&endpoint, sid).await;
    ask(&layer, request()).await;
    assert_eq!(heard.take(), [of("session_missing")]);
}

#[tokio::test]
async fn what_a_handler_denies_is_reported_like_what_the_layer_denies() {
    let api = Api::new();
    let heard = Heard::default();
    let layer = heard.on(api.layer.clone().with_realm("the API").unwrap());
    let token = layer
        .verify(&bearing(&api.token(&json!({}))))
        .await
        .unwrap();
    token.require_scope(&"write".parse().unwrap()).unwrap();
    assert_eq!(heard.take(), []);
    let denied = token.require_scope(&"admin".parse().unwrap()).unwrap_err();
    assert_eq!(
        denied.challenge().unwrap(),
        r#"Bearer realm="the API", error="insufficient_scope", scope="admin""#
    );
    let denied = token.require_session().unwrap_err();
    assert_eq!(denied.to_response().status(), 403);
    let names: Vec<&str> = heard.take().iter().map(|denied| denied.0).collect();
    assert_eq!(names, ["scope_insufficient", "session_required"]);
}

#[test]
fn every_denial_has_a_name_of_its_own() {
    let all = [
        BearerDenial::AudienceMismatch,
        BearerDenial::ClaimsMalformed,
        BearerDenial::CredentialsMalformed,
        BearerDenial::CredentialsMissing,
        BearerDenial::CredentialsRepeated,
        BearerDenial::Expired,
        BearerDenial::IssuerMismatch,
        BearerDenial::KeyMismatch,
        BearerDenial::NotYetValid,
        BearerDenial::ScopeInsufficient,
        BearerDenial::SessionMissing,
        BearerDenial::SessionRequired,
        BearerDenial::StoreUnavailable,
        BearerDenial::TokenRevoked,
        BearerDenial::Unverified(VerifyError::Invalid),
        BearerDenial::Unverified(VerifyError::Malformed),
        BearerDenial::Unverified(VerifyError::UnknownKey),
    ];
    let names: HashSet<&str> = all.iter().map(|denial| denial.name()).collect();
    assert_eq!(names.len(), all.len());
}
