//! Client secrets: slow hashes, and what an outsider can learn from them.

use reissue::Denial;
use reissue::client::{Client, SecretHash};
use reissue_tests::{
    Answer, Endpoint, SECRET, assert_error, assert_ok, basic_of, confidential, form, form_encoded,
};

/// A client with a secret that a person has chosen.
fn argon2id(id: &str, secret: &str) -> Client {
    let hash = SecretHash::argon2id(secret).expect("the secret can be hashed");
    Client::confidential(id, hash).with_grants(["password", "refresh_token"])
}

async fn login(endpoint: &Endpoint, client: &str, secret: &str) -> Answer {
    let mut request = form("grant_type=password&username=alice");
    let header = basic_of(format!("{client}:{secret}"));
    request.headers_mut().insert("authorization", header);
    endpoint.call(request).await
}

#[tokio::test]
async fn an_argon2id_client_logs_in_and_refreshes() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .build();
    let first = login(&endpoint, "person", "correct-horse").await;
    assert_ok(&first);
    let answer = endpoint
        .post_bare(&format!(
            "grant_type=refresh_token&refresh_token={}&client_id=person&client_secret=correct-horse",
            first.refresh_token()
        ))
        .await;
    assert_ok(&answer);
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
        .client(confidential("off").with_enabled(false))
        .build();
    let mut answers = Vec::new();
    for (client, secret) in [
        ("nobody", "x"),
        ("web", "x"),
        ("person", "x"),
        ("off", "x"),
        ("off", &form_encoded(SECRET)),
        ("app", "x"),
    ] {
        let answer = login(&endpoint, client, secret).await;
        assert_error(&answer, 401, "invalid_client");
        answers.push(answer.wire());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
}

#[tokio::test]
async fn the_secret_of_another_client_does_not_authenticate() {
    // Its hash is what a failed authentication of every other client is made to cost.
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .client(confidential("off").with_enabled(false))
        .build();
    assert_ok(&login(&endpoint, "person", "correct-horse").await);
    for client in ["nobody", "web", "off", "app"] {
        let answer = login(&endpoint, client, "correct-horse").await;
        assert_error(&answer, 401, "invalid_client");
    }
}

#[tokio::test]
async fn too_many_waiting_checks_are_503() {
    let endpoint = Endpoint::builder()
        .client(argon2id("person", "correct-horse"))
        .server(|server| server.with_slow_hashes(1, 1))
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
        .server(|server| server.with_slow_hashes(1, 0))
        .build();
    let slow = login(&endpoint, "person", "correct-horse");
    let fast = endpoint.login();
    let (slow, fast) = tokio::join!(slow, fast);
    assert_ok(&slow);
    assert_ok(&fast);
}

/// The time that a refusal takes cannot be measured here, but what takes the time can be made to run out.
#[tokio::test]
async fn every_refusal_of_a_secret_costs_a_slow_check_whoever_asks() {
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
            .client(confidential("off").with_enabled(false))
            .server(|server| server.with_slow_hashes(1, 0))
            .build();
        let (running, refused) = tokio::join!(
            login(&endpoint, "person", "correct-horse"),
            login(&endpoint, client, secret)
        );
        assert_ok(&running);
        assert_error(&refused, 503, "temporarily_unavailable");
    }
}
