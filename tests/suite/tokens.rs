//! What refresh tokens are made of: length, purpose, keys.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pasetors::Local;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use reissue::client::{AuthenticatedClient, ClientMap};
use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::token::Jwt;
use reissue::{Denial, Grant, GrantType, Keys, RefreshRequest, RefreshToken, Server};
use reissue_tests::{
    Endpoint, FaultyStore, ManualClock, Recorder, assert_error, assert_refreshes, confidential,
};
use serde_json::json;

pub(crate) fn signing(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm).expect("there is randomness")
}

pub(crate) fn sealing() -> SymmetricKey {
    SymmetricKey::generate().expect("there is randomness")
}

fn with_sealing(key: &SymmetricKey) -> Keys {
    let access_tokens = Jwt::new(KeyRing::new(signing(Algorithm::EdDsa)));
    Keys::new(access_tokens, KeyRing::new(key.clone()))
}

#[tokio::test]
async fn a_typical_refresh_token_is_shorter_than_400_characters() {
    let endpoint = Endpoint::builder()
        .grant(|_| {
            let resource = "https://api.example".parse();
            Ok(Grant::new("3f2b8c1e-6d54-4b1a-9a77-0c1d2e3f4a5b")
                .with_scope(
                    "openid profile read write"
                        .parse()
                        .expect("it is well-formed"),
                )
                .with_resource(resource.expect("it is well-formed")))
        })
        .build();
    let mut token = endpoint.login().await.refresh_token().to_owned();
    for _ in 0..12 {
        assert!(token.len() < 400, "{} characters", token.len());
        let next = assert_refreshes(&endpoint, &token).await;
        next.refresh_token().clone_into(&mut token);
    }
}

#[tokio::test]
async fn nothing_that_was_granted_can_be_read_from_a_refresh_token() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.refresh_token();
    assert!(token.starts_with("v4.local."));
    for part in token.split('.').skip(2) {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for word in ["alice", "web", "read", "id.example"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}

#[tokio::test]
async fn a_token_for_another_purpose_does_not_open_under_the_same_key() {
    let key = sealing();
    let endpoint = Endpoint::builder().keys(with_sealing(&key)).build();
    let login = endpoint.login().await;
    let exposed = key.expose_paserk();
    let encoded = exposed.expose().strip_prefix("k4.local.").unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap();
    let key = pasetors::keys::SymmetricKey::<V4>::from(&bytes).unwrap();
    let assertion =
        |purpose: &str, issuer: &str| json!(["reissue", 1, purpose, issuer]).to_string();
    let right = assertion("refresh", "https://id.example");

    // The test knows how a token is made: it opens a good one.
    let good = UntrustedToken::<Local, V4>::try_from(login.refresh_token()).unwrap();
    let opened = LocalToken::decrypt(&key, &good, None, Some(right.as_bytes())).unwrap();
    let footer = good.untrusted_footer();
    let seal = |assertion: &str| {
        let payload = opened.payload().as_bytes();
        LocalToken::encrypt(&key, payload, Some(footer), Some(assertion.as_bytes())).unwrap()
    };
    endpoint.forget();
    for wrong in [
        assertion("access", "https://id.example"),
        assertion("code", "https://id.example"),
        assertion("refresh", "https://id.example/"),
        json!(["reissue", 2, "refresh", "https://id.example"]).to_string(),
        String::new(),
    ] {
        let response = endpoint.refresh(&seal(&wrong)).await;
        assert_error(&response, 400, "invalid_grant");
        assert_eq!(response.denial, Some(Denial::TokenMalformed), "{wrong}");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, &seal(&right)).await;
}

/// Servers with other keys and the same sessions, one after the other.
struct Restarted {
    clock: ManualClock,
    store: FaultyStore,
    events: Recorder,
    web: AuthenticatedClient,
}

impl Restarted {
    fn new() -> Self {
        let clock = ManualClock::default();
        Self {
            store: FaultyStore::new(reissue::store::MemoryStore::with_clock(clock.clone())),
            clock,
            events: Recorder::default(),
            web: AuthenticatedClient::trust(confidential("web")),
        }
    }

    fn server(&self, keys: Keys) -> Server {
        let clients = ClientMap::new([confidential("web")]).expect("there is one client");
        Server::builder("https://id.example", keys, clients, self.store.clone())
            .with_clock(self.clock.clone())
            .with_events(self.events.function())
            .build()
            .expect("the configuration is good")
    }

    async fn login(&self, server: &Server) -> RefreshToken {
        let issued = server
            .issue(&self.web, GrantType::PASSWORD, Grant::new("alice"))
            .await;
        let tokens = issued.expect("the store is in memory");
        tokens.refresh_token.expect("web may refresh")
    }

    async fn refresh(&self, server: &Server, token: &RefreshToken) -> Result<RefreshToken, Denial> {
        let request = RefreshRequest::new(token.clone());
        let tokens = server.refresh(&self.web, request).await?;
        Ok(tokens.refresh_token.expect("web is rotated"))
    }
}

fn footer(token: &RefreshToken) -> String {
    let encoded = token.expose().rsplit('.').next().expect("there is a part");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded);
    String::from_utf8(bytes.expect("it is base64url")).expect("it is text")
}

#[tokio::test]
async fn a_token_of_a_retired_key_is_replaced_by_one_of_the_active_key() {
    let (old, new) = (sealing(), sealing());
    let host = Restarted::new();
    let before = host.server(with_sealing(&old));
    let token = host.login(&before).await;
    assert_eq!(footer(&token), old.short_id());
    let ring = KeyRing::new(new.clone()).with_retired(old.clone()).unwrap();
    let access_tokens = Jwt::new(KeyRing::new(signing(Algorithm::EdDsa)));
    let after = host.server(Keys::new(access_tokens, ring));
    let next = host.refresh(&after, &token).await.unwrap();
    assert_eq!(footer(&next), new.short_id());
    host.refresh(&after, &next).await.unwrap();
}

#[tokio::test]
async fn a_token_of_an_unknown_key_is_denied_with_an_event_and_no_store_call() {
    let (old, new) = (sealing(), sealing());
    let host = Restarted::new();
    let before = host.server(with_sealing(&old));
    let token = host.login(&before).await;
    drop((host.store.take_calls(), host.events.take()));
    let after = host.server(with_sealing(&new));
    let refused = host.refresh(&after, &token).await.unwrap_err();
    assert_eq!(refused, Denial::TokenKeyUnknown);
    assert_eq!(host.store.take_calls(), []);
    assert_eq!(host.events.take_names(), ["UnknownKey", "Denied"]);
    // Putting the key back is enough.
    host.refresh(&before, &token).await.unwrap();
}

#[tokio::test]
async fn a_restart_with_the_same_keys_changes_nothing() {
    let key = sealing();
    let host = Restarted::new();
    let mut token = host.login(&host.server(with_sealing(&key))).await;
    for _ in 0..3 {
        let stale = token.clone();
        token = host
            .refresh(&host.server(with_sealing(&key)), &token)
            .await
            .unwrap();
        host.refresh(&host.server(with_sealing(&key)), &stale)
            .await
            .unwrap();
    }
}
