//! The most used OAuth client of Rust, the `oauth2` crate, against the program: it takes our
//! responses for what it expects.

mod client;

use http::Request;
use http::header::AUTHORIZATION;
use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse};
use oauth2::{
    AuthorizationCode, CsrfToken, PkceCodeChallenge, RefreshToken, RequestTokenError,
    ResourceOwnerPassword, ResourceOwnerUsername, Scope, StandardRevocableToken,
    TokenIntrospectionResponse as _, TokenResponse as _,
};
use reissue_tests::TestResponse;

use self::client::{Failed, confidential, native, sender};
use super::browser::{Browser, parameter};
use super::process::TokenServer;

#[tokio::test]
async fn a_login_with_a_password_opens_a_resource_and_refreshes() {
    let server = TokenServer::demo();
    let (client, http) = (confidential(&server), sender(&server));
    let login = client
        .exchange_password(&name("bshaffer"), &password("brent123"))
        .add_scope(scope("read"))
        .add_scope(scope("write"))
        .request_async(&http)
        .await
        .unwrap();
    assert_eq!(scopes(&login), ["read", "write"]);
    assert_eq!(login.expires_in().unwrap().as_secs(), 600);
    assert_eq!(whoami(&server, &login).await.json["sub"], "bshaffer");

    let refreshed = client
        .exchange_refresh_token(refresh_token(&login))
        .request_async(&http)
        .await
        .unwrap();
    assert_eq!(scopes(&refreshed), ["read", "write"]);
    assert_eq!(whoami(&server, &refreshed).await.json["sub"], "bshaffer");
}

#[tokio::test]
async fn a_narrowed_refresh_narrows_the_access_token_only() {
    let server = TokenServer::demo();
    let (client, http) = (confidential(&server), sender(&server));
    let login = log_in(&server).await;
    let narrowed = client
        .exchange_refresh_token(refresh_token(&login))
        .add_scope(scope("read"))
        .request_async(&http)
        .await
        .unwrap();
    assert_eq!(scopes(&narrowed), ["read"]);
    assert_eq!(whoami(&server, &narrowed).await.json["scope"], "read");
    let whole = client
        .exchange_refresh_token(refresh_token(&narrowed))
        .request_async(&http)
        .await
        .unwrap();
    assert_eq!(scopes(&whole), ["openid", "read", "write"]);

    let wider = client
        .exchange_refresh_token(refresh_token(&whole))
        .add_scope(scope("admin"))
        .request_async(&http)
        .await;
    assert_denied(wider, &BasicErrorResponseType::InvalidScope);
}

#[tokio::test]
async fn a_lost_response_is_asked_for_again() {
    let server = TokenServer::demo();
    let (client, http) = (confidential(&server), sender(&server));
    let login = log_in(&server).await;
    let refresh = || client.exchange_refresh_token(refresh_token(&login));
    drop(refresh().request_async(&http).await.unwrap());
    let again = refresh().request_async(&http).await.unwrap();
    assert_eq!(whoami(&server, &again).await.status, 200);
    let next = client
        .exchange_refresh_token(refresh_token(&again))
        .request_async(&http)
        .await;
    assert!(next.is_ok(), "{next:?}");
}

#[tokio::test]
async fn a_code_with_pkce_is_exchanged_once() {
    let server = TokenServer::demo();
    let (client, http) = (native(&server), sender(&server));
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(scope("read"))
        .set_pkce_challenge(challenge)
        .url();
    let mut browser = Browser::of(&server);
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let page = browser.open(&path).await;
    let sent_back = browser.log_in(&page, "bshaffer", "brent123").await;
    let returned = parameter(&sent_back, "state");
    assert_eq!(returned.as_deref(), Some(state.secret().as_str()));
    let code = AuthorizationCode::new(parameter(&sent_back, "code").unwrap());

    let again = oauth2::PkceCodeVerifier::new(verifier.secret().clone());
    let login = client
        .exchange_code(code.clone())
        .set_pkce_verifier(verifier)
        .request_async(&http)
        .await
        .unwrap();
    assert_eq!(scopes(&login), ["read"]);
    assert_eq!(whoami(&server, &login).await.json["client_id"], "demo-app");
    let refreshed = client
        .exchange_refresh_token(refresh_token(&login))
        .request_async(&http)
        .await;
    assert!(refreshed.is_ok(), "{refreshed:?}");

    let replayed = client
        .exchange_code(code)
        .set_pkce_verifier(again)
        .request_async(&http)
        .await;
    assert_denied(replayed, &BasicErrorResponseType::InvalidGrant);
    assert_eq!(whoami(&server, &login).await.status, 401, "RFC 6749 §4.1.2");
}

#[tokio::test]
async fn a_token_is_introspected_until_it_is_revoked() {
    let server = TokenServer::demo();
    let (client, http) = (confidential(&server), sender(&server));
    let login = log_in(&server).await;
    let introspect = async || {
        let introspected = client
            .introspect(login.access_token())
            .request_async(&http)
            .await;
        introspected.unwrap()
    };
    let seen = introspect().await;
    assert!(seen.active());
    assert_eq!(seen.username(), None);
    assert_eq!(seen.sub(), Some("bshaffer"));
    assert_eq!(seen.client_id().map(|id| id.as_str()), Some("TestClient"));

    let token = StandardRevocableToken::RefreshToken(refresh_token(&login).clone());
    let revoked = client.revoke_token(token).unwrap();
    revoked.request_async(&http).await.unwrap();
    assert!(!introspect().await.active());
    let ended = client
        .exchange_refresh_token(refresh_token(&login))
        .request_async(&http)
        .await;
    assert_denied(ended, &BasicErrorResponseType::InvalidGrant);
}

#[tokio::test]
async fn denials_are_the_crates_own_errors() {
    let server = TokenServer::demo();
    let http = sender(&server);
    let client = confidential(&server);
    let garbage = RefreshToken::new("garbage".to_owned());
    let refused = client
        .exchange_refresh_token(&garbage)
        .request_async(&http)
        .await;
    assert_denied(refused, &BasicErrorResponseType::InvalidGrant);

    let impostor = client.set_client_secret(oauth2::ClientSecret::new("wrong".to_owned()));
    let refused = impostor
        .exchange_refresh_token(&garbage)
        .request_async(&http)
        .await;
    assert_denied(refused, &BasicErrorResponseType::InvalidClient);

    let refused = native(&server)
        .exchange_client_credentials()
        .request_async(&http)
        .await;
    assert_denied(refused, &BasicErrorResponseType::UnauthorizedClient);
}

type Requested = Result<BasicTokenResponse, RequestTokenError<Failed, BasicErrorResponse>>;

#[track_caller]
fn assert_denied(requested: Requested, code: &BasicErrorResponseType) {
    match requested {
        Err(RequestTokenError::ServerResponse(refusal)) => assert_eq!(refusal.error(), code),
        other => panic!("{other:?}"),
    }
}

async fn log_in(server: &TokenServer) -> BasicTokenResponse {
    let login = confidential(server)
        .exchange_password(&name("bshaffer"), &password("brent123"))
        .request_async(&sender(server))
        .await;
    login.unwrap()
}

async fn whoami(server: &TokenServer, tokens: &BasicTokenResponse) -> TestResponse {
    let token = format!("Bearer {}", tokens.access_token().secret());
    let request = Request::get("/whoami").header(AUTHORIZATION, token);
    server.send(request, "").await
}

fn refresh_token(tokens: &BasicTokenResponse) -> &RefreshToken {
    tokens.refresh_token().expect("a refresh token")
}

fn scopes(tokens: &BasicTokenResponse) -> Vec<&str> {
    let scopes = tokens.scopes().expect("the scope is always said");
    scopes.iter().map(|scope| scope.as_str()).collect()
}

fn name(name: &str) -> ResourceOwnerUsername {
    ResourceOwnerUsername::new(name.to_owned())
}

fn password(password: &str) -> ResourceOwnerPassword {
    ResourceOwnerPassword::new(password.to_owned())
}

fn scope(scope: &str) -> Scope {
    Scope::new(scope.to_owned())
}
