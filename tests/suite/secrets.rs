//! Client secrets: slow hashes, and what an outsider can learn from them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reissue::client::{Client, ClientStatus, ClientsError, SecretHash, SecretVerifier};
use reissue::guessing::ClientAddress;
use reissue::{ClientSecret, Denial, GrantType};
use reissue_tests::{
    Endpoint, SECRET, TestResponse, assert_error, assert_ok, basic_of, confidential, form,
    form_encoded,
};

/// A client with a secret that a person has chosen.
fn argon2id(id: &str, secret: &str) -> Client {
    let hash = SecretHash::argon2id(secret).expect("the secret can be hashed");
    Client::confidential(id, hash).with_grant_types([GrantType::PASSWORD])
}

async fn login(endpoint: &Endpoint, client: &str, secret: &str) -> TestResponse {
    login_from(None, endpoint, client, secret).await
}

async fn login_from(
    address: Option<IpAddr>,
    endpoint: &Endpoint,
    client: &str,
    secret: &str,
) -> TestResponse {
    let mut request = form("grant_type=password&username=alice");
    let header = basic_of(format!("{client}:{secret}"));
    request.headers_mut().insert("authorization", header);
    if let Some(address) = address {
        let address = ClientAddress::from(address);
        request.extensions_mut().insert(address);
    }
    endpoint.call(request).await
}

#[tokio::test]
async fn an_argon2id_client_logs_in_and_refreshes() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .build();
    let first = login(&endpoint, "person", "correct-horse").await;
    assert_ok(&first);
    let response = endpoint
        .post_bare(&format!(
            "grant_type=refresh_token&refresh_token={}&client_id=person&client_secret=correct-horse",
            first.refresh_token()
        ))
        .await;
    assert_ok(&response);
    let wrong = login(&endpoint, "person", "battery-staple").await;
    assert_error(&wrong, 401, "invalid_client");
    assert_eq!(wrong.denial, Some(Denial::SecretWrong));
}

#[tokio::test]
async fn a_fast_and_a_slow_secret_of_one_client_are_both_good() {
    let client = argon2id("both", "slow").with_secret(SecretHash::sha256("fast"), None);
    let endpoint = Endpoint::builder().client(client).build();
    assert_ok(&login(&endpoint, "both", "fast").await);
    assert_ok(&login(&endpoint, "both", "slow").await);
    assert_error(
        &login(&endpoint, "both", "none").await,
        401,
        "invalid_client",
    );
}

#[tokio::test]
async fn nobody_can_tell_an_unknown_client_from_a_wrong_secret() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .build();
    let mut responses = Vec::new();
    for (client, secret) in [
        ("nobody", "x"),
        ("web", "x"),
        ("person", "x"),
        ("off", "x"),
        ("off", &form_encoded(SECRET)),
        ("app", "x"),
    ] {
        let response = login(&endpoint, client, secret).await;
        assert_error(&response, 401, "invalid_client");
        responses.push(response.wire());
    }
    responses.dedup();
    assert_eq!(responses.len(), 1, "{responses:#?}");
}

#[tokio::test]
async fn the_secret_of_another_client_does_not_authenticate() {
    // Its hash is what a failed authentication of every other client is made to cost.
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .build();
    assert_ok(&login(&endpoint, "person", "correct-horse").await);
    for client in ["nobody", "web", "off", "app"] {
        let response = login(&endpoint, client, "correct-horse").await;
        assert_error(&response, 401, "invalid_client");
    }
}

#[tokio::test]
async fn too_many_waiting_checks_are_503() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .server(|server| server.with_slow_hash_concurrency(1).with_slow_hash_queue(1))
        .build();
    let attempt = || login(&endpoint, "person", "correct-horse");
    let (running, waiting, refused) = tokio::join!(attempt(), attempt(), attempt());
    assert_ok(&running);
    assert_ok(&waiting);
    assert_error(&refused, 503, "temporarily_unavailable");
    assert_eq!(refused.denial, Some(Denial::SecretsBusy));
    assert_ok(&attempt().await);
}

#[tokio::test]
async fn clients_with_generated_secrets_never_wait_for_slow_checks() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .server(|server| server.with_slow_hash_concurrency(1).with_slow_hash_queue(0))
        .build();
    let slow = login(&endpoint, "person", "correct-horse");
    let fast = endpoint.login();
    let (slow, fast) = tokio::join!(slow, fast);
    assert_ok(&slow);
    assert_ok(&fast);
}

/// The time that a refusal takes cannot be measured here, but what takes the time can be made to
/// run out.
#[tokio::test]
async fn every_failed_secret_costs_a_slow_check_for_any_client() {
    let right = form_encoded(SECRET);
    for (client, secret) in [
        ("nobody", "x"),
        ("web", "x"),
        ("person", "x"),
        ("off", "x"),
        ("off", right.as_str()),
        ("app", "x"),
    ] {
        let endpoint = Endpoint::builder()
            .client(argon2id("person", "correct-horse"))
            .client(confidential("off").with_status(ClientStatus::Disabled))
            .server(|server| server.with_slow_hash_concurrency(1).with_slow_hash_queue(0))
            .build();
        let (running, refused) = tokio::join!(
            login(&endpoint, "person", "correct-horse"),
            login(&endpoint, client, secret)
        );
        assert_ok(&running);
        assert_error(&refused, 503, "temporarily_unavailable");
    }
}

/// A service that verifies passwords, and counts its calls.
#[derive(Clone, Default)]
struct Service {
    verified: Arc<AtomicUsize>,
    decoys: Arc<AtomicUsize>,
}

impl SecretVerifier for Service {
    fn verify(&self, secret: &ClientSecret) -> Result<bool, ClientsError> {
        self.verified.fetch_add(1, Ordering::SeqCst);
        match secret.expose() {
            "down" => Err(ClientsError::new("the service is down")),
            "panic" => panic!("on purpose"),
            secret => Ok(secret == "correct-horse"),
        }
    }

    fn verify_decoy(&self, secret: &ClientSecret) -> Result<(), ClientsError> {
        self.decoys.fetch_add(1, Ordering::SeqCst);
        match secret.expose() {
            "down" => Err(ClientsError::new("the service is down")),
            _ => Ok(()),
        }
    }
}

fn served(id: &str, service: &Service) -> Client {
    let hash = SecretHash::custom(service.clone());
    Client::confidential(id, hash).with_grant_types([GrantType::PASSWORD])
}

#[tokio::test]
async fn a_verifier_of_the_application_decides() {
    let service = Service::default();
    let endpoint = Endpoint::builder()
        .client(served("person", &service))
        .build();
    assert_ok(&login(&endpoint, "person", "correct-horse").await);
    let wrong = login(&endpoint, "person", "battery-staple").await;
    assert_error(&wrong, 401, "invalid_client");
    assert_eq!(wrong.denial, Some(Denial::SecretWrong));
}

#[tokio::test]
async fn a_client_that_fails_verifies_nothing_of_another_one() {
    let service = Service::default();
    let endpoint = Endpoint::builder()
        .client(served("person", &service))
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .build();
    for client in ["nobody", "web", "off", "app"] {
        let response = login(&endpoint, client, "correct-horse").await;
        assert_error(&response, 401, "invalid_client");
    }
    assert_eq!(service.verified.load(Ordering::SeqCst), 0);
    assert_eq!(service.decoys.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_verifier_that_fails_is_503_for_everybody_and_counts_as_no_guess() {
    let endpoint = Endpoint::builder()
        .client(served("person", &Service::default()))
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .build();
    let here = Some(Ipv4Addr::LOCALHOST.into());
    let mut responses = Vec::new();
    for client in ["person", "nobody", "off", "web", "app"] {
        // More often than guesses are let through.
        for _ in 0..12 {
            let response = login_from(here, &endpoint, client, "down").await;
            assert_error(&response, 503, "temporarily_unavailable");
            assert_eq!(response.denial, Some(Denial::ClientsUnavailable));
            responses.push(response.wire());
        }
    }
    responses.dedup();
    assert_eq!(responses.len(), 1, "{responses:#?}");
    let right = login_from(here, &endpoint, "person", "correct-horse").await;
    assert_ok(&right);
}

#[tokio::test]
async fn a_verifier_that_panics_is_503() {
    let endpoint = Endpoint::builder()
        .client(served("person", &Service::default()))
        .build();
    let response = login(&endpoint, "person", "panic").await;
    assert_error(&response, 503, "temporarily_unavailable");
    assert_eq!(response.denial, Some(Denial::SecretsBusy));
    assert_ok(&login(&endpoint, "person", "correct-horse").await);
}

/// As `password_hash` of PHP writes it, and with it the servers of league and bshaffer.
#[tokio::test]
async fn a_bcrypt_hash_of_php_moves_over() {
    let verify = |secret: &ClientSecret| {
        bcrypt::verify(secret.expose(), PHP_HASH).map_err(ClientsError::new)
    };
    let client = Client::confidential("web2", SecretHash::custom(verify))
        .with_grant_types([GrantType::PASSWORD]);
    let endpoint = Endpoint::builder().client(client).build();
    assert_ok(&login(&endpoint, "web2", "rasmuslerdorf").await);
    let wrong = login(&endpoint, "web2", "rasmuslerdorf2").await;
    assert_error(&wrong, 401, "invalid_client");
}

/// The example of PHP's manual.
const PHP_HASH: &str = "$2y$07$BCryptRequires22Chrcte/VlQH0piJtjXl.0t1XkA8pw9dMXTpOq";
