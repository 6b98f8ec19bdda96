//! No secret and no token in logs, events, errors, `Debug`, extensions, or the store.

mod bearer;
mod evidence;
mod scenario;

use reissue::client::{Client, ClientMap, Credentials, SecretHash};
use reissue::key::{KeyRing, Passphrase, SigningKey, SymmetricKey};
use reissue::store::MemoryStore;
use reissue::{
    ClientSecret, Grant, IntrospectionEndpoint, Parameters, RefreshLayer, RefreshRequest,
    RefreshToken, RevocationEndpoint, Server,
};
use reissue_tests::{Engine, SECRET, TestKeys, basic, confidential, trusted};

use self::evidence::{Evidence, capture};

#[tokio::test]
async fn nothing_secret_is_logged_stored_or_reported() {
    let (evidence, guard) = capture();
    scenario::run(&evidence).await;
    drop(guard);
    // That the log, the events and the store were heard at all.
    for said in [
        "refreshed",
        "refresh token reused",
        "request failed",
        "the directory is down",
        "the client secret is wrong",
        "client authentication failed",
        "AuthenticationFailed",
        "the refresh token is not authentic",
        "Reused",
        "HookFailed",
        "Advance {",
        "Create {",
    ] {
        assert!(evidence.holds(said.as_bytes()), "nobody said {said:?}");
    }
    evidence.holds_no_secret();
}

#[tokio::test]
async fn debug_shows_no_secret() {
    let evidence = Evidence::default();
    evidence.client_secret(SECRET);
    let engine = Engine::new();
    evidence.keys(&engine.keys);
    let form = "grant_type=password&username=alice&password=right%20horse&client_id=web";
    let form = format!("{form}&client_secret={SECRET}&refresh_token=v4.local.planted");
    evidence.secret("right horse");
    evidence.secret("v4.local.planted");
    let parameters = Parameters::parse(form.as_bytes()).unwrap();
    let mut headers = http::HeaderMap::new();
    let in_body = Credentials::read(&headers, &parameters).unwrap();
    headers.insert("authorization", basic("web"));
    let bare = Parameters::parse(b"grant_type=x").unwrap();
    let in_header = Credentials::read(&headers, &bare).unwrap();
    let tokens = engine.try_login("openid").await.unwrap();
    evidence.tokens(&engine.keys, &tokens);
    let request = RefreshRequest::read(&parameters).unwrap();
    let layer = RefreshLayer::new(engine.server.clone());
    let service = tower::Layer::layer(&layer, ());
    let generated = ClientSecret::generate().unwrap();
    evidence.secret(generated.expose());
    evidence.secret("a passphrase of the tests");
    evidence.note(&(
        &parameters,
        &in_body,
        &in_header,
        &tokens,
        &request,
        &layer,
        &service,
    ));
    evidence.note(&(&engine.server, engine.keys.keys(), &engine.keys, &generated));
    evidence.note(&(
        confidential("web"),
        trusted("web"),
        SecretHash::sha256(SECRET),
    ));
    evidence.note(&(
        RefreshToken::new("v4.local.planted"),
        Passphrase::new("a passphrase of the tests"),
        KeyRing::new(engine.keys.signing.clone()),
        KeyRing::new(engine.keys.sealing.clone()),
        engine.keys.sealing.expose_paserk(),
        engine.keys.signing.to_pem().unwrap(),
    ));
    evidence.note(&(
        RevocationEndpoint::new(engine.server.clone()),
        IntrospectionEndpoint::new(engine.server.clone()),
        ClientMap::new([confidential("web")]).unwrap(),
        MemoryStore::new(),
    ));
    let builder = Server::builder(
        "https://id.example",
        engine.keys.keys(),
        ClientMap::default(),
        MemoryStore::new(),
    );
    evidence.note(&builder);
    evidence.holds_no_secret();
}

#[test]
fn errors_show_no_secret() {
    let evidence = Evidence::default();
    let keys = TestKeys::generate();
    evidence.keys(&keys);
    // Good keys, spoilt: what is wrong with them may be said, what they are may not.
    let paserk = keys.sealing.expose_paserk();
    let pem = keys.signing.to_pem().unwrap();
    let spoilt = format!("{}!", paserk.expose());
    evidence.error(&SymmetricKey::from_paserk(&spoilt).unwrap_err());
    evidence.error(&SigningKey::from_paserk(paserk.expose()).unwrap_err());
    evidence.error(&SigningKey::from_pem(&pem.expose()[..90], None).unwrap_err());
    evidence.error(&SigningKey::from_pem(paserk.expose(), None).unwrap_err());
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","d":"planted-d-of-the-jwk","x":"AA"}"#;
    evidence.secret("planted-d-of-the-jwk");
    evidence.error(&SigningKey::from_jwk(jwk).unwrap_err());
    evidence.secret("planted-secret-hash");
    let phc = "$argon2id$v=19$m=8,t=1,p=1$planted-secret-hash";
    evidence.error(&SecretHash::from_argon2id(phc).unwrap_err());
    let clients = ClientMap::new([
        Client::confidential("web", SecretHash::sha256(SECRET)),
        confidential("web"),
    ]);
    evidence.client_secret(SECRET);
    evidence.error(&clients.unwrap_err());
    let form = format!("client_secret={SECRET}&client_secret=%");
    evidence.error(&Parameters::parse(form.as_bytes()).unwrap_err());
    let server = Server::builder(
        "not a URL",
        keys.keys(),
        ClientMap::default(),
        MemoryStore::new(),
    );
    evidence.error(&server.build().unwrap_err());
    evidence.error(
        &Grant::new("alice")
            .with_claim("sub", "mallory")
            .unwrap_err(),
    );
    evidence.holds_no_secret();
}

#[test]
fn a_planted_secret_is_found() {
    let evidence = Evidence::default();
    evidence.secret("planted");
    evidence.note(&"it was planted here");
    let found = std::panic::catch_unwind(|| evidence.holds_no_secret());
    assert!(found.is_err());
}
