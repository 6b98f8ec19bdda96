//! Guessing client secrets (RFC 6749 §2.3.1), at all endpoints that take them.

use std::net::IpAddr;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reissue::client::{Client, ClientMap, ClientStatus, SecretHash};
use reissue::guessing::{ClientAddress, GuessLimit};
use reissue::store::MemoryStore;
use reissue::{Denial, GrantType, Keys, Server};
use reissue_tests::{
    Endpoint, SECRET, TestResponse, assert_error, assert_ok, basic_of, confidential, form,
    form_encoded,
};

/// A client whose secret `chosen` a person has chosen, hashed at a price that suits tests.
fn person(id: &str) -> Client {
    person_at(id, Params::new(32, 1, 1, None).unwrap())
}

/// The same at a price that takes a while.
fn slow_person(id: &str) -> Client {
    person_at(id, Params::new(19 * 1024, 24, 1, None).unwrap())
}

fn person_at(id: &str, params: Params) -> Client {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let phc = argon2
        .hash_password_with_salt(b"chosen", b"some salt")
        .unwrap();
    let hash = SecretHash::from_argon2id(&phc.to_string()).unwrap();
    Client::confidential(id, hash).with_grant_types([GrantType::PASSWORD])
}

/// Sends a form from an address, with id and secret in the header.
async fn send(to: Route, endpoint: &Endpoint, from: &str, pair: &str, body: &str) -> TestResponse {
    let mut request = form(body.to_owned());
    request.headers_mut().insert(AUTHORIZATION, basic_of(pair));
    if let Ok(address) = from.parse::<IpAddr>() {
        request
            .extensions_mut()
            .insert(ClientAddress::from(address));
    }
    match to {
        Route::Introspection => endpoint.call_introspection(request).await,
        Route::Revocation => endpoint.call_revocation(request).await,
        Route::Token => endpoint.call(request).await,
    }
}

#[derive(Clone, Copy, Debug)]
enum Route {
    Introspection,
    Revocation,
    Token,
}

const ROUTES: [Route; 3] = [Route::Introspection, Route::Revocation, Route::Token];

/// Logs in.
async fn login(endpoint: &Endpoint, from: &str, pair: &str) -> TestResponse {
    send(Route::Token, endpoint, from, pair, LOGIN).await
}

/// Uses up the guesses of a client from an address.
async fn exhaust(endpoint: &Endpoint, from: &str, client: &str) {
    for _ in 0..10 {
        let wrong = login(endpoint, from, &format!("{client}:wrong")).await;
        assert_error(&wrong, 401, "invalid_client");
    }
}

fn right(client: &str) -> String {
    format!("{client}:{}", form_encoded(SECRET))
}

fn endpoint() -> Endpoint {
    Endpoint::builder().client(person("person")).build()
}

#[tokio::test]
async fn over_the_bound_a_wrong_secret_is_429_at_every_endpoint() {
    for client in ["web", "person", "app", "nobody"] {
        let endpoint = endpoint();
        let pair = format!("{client}:wrong");
        // They count together, wherever they are made.
        for turn in 0..10 {
            let wrong = send(
                ROUTES[turn % 3],
                &endpoint,
                HERE,
                &pair,
                "token=x&grant_type=x",
            )
            .await;
            assert_error(&wrong, 401, "invalid_client");
        }
        for route in ROUTES {
            let held = send(route, &endpoint, HERE, &pair, "token=x&grant_type=x").await;
            assert_error(&held, 429, "invalid_client");
            assert_eq!(held.headers[RETRY_AFTER], "60");
            assert!(!held.headers.contains_key(WWW_AUTHENTICATE));
            let retry_after = Duration::from_secs(60);
            let expected = Denial::TooManyGuesses { retry_after };
            assert_eq!(held.denial, Some(expected), "{client} at {route:?}");
        }
    }
}

#[tokio::test]
async fn too_many_guesses_look_like_this() {
    let endpoint = endpoint();
    exhaust(&endpoint, HERE, "web").await;
    endpoint.clock.advance(Duration::from_millis(1));
    let held = login(&endpoint, HERE, "web:wrong").await;
    insta::assert_snapshot!(held.wire(), @r#"
    429 Too Many Requests
    cache-control: no-store
    content-type: application/json
    pragma: no-cache
    retry-after: 60

    {"error":"invalid_client","error_description":"Client authentication failed too often. Try again later."}
    "#);
}

#[tokio::test]
async fn over_the_bound_nobody_can_tell_an_unknown_client_from_a_wrong_secret() {
    let endpoint = Endpoint::builder()
        .client(person("person"))
        .client(confidential("off").with_status(ClientStatus::Disabled))
        .build();
    let mut responses = Vec::new();
    for client in ["web", "person", "off", "app", "nobody"] {
        exhaust(&endpoint, HERE, client).await;
        responses.push(
            login(&endpoint, HERE, &format!("{client}:wrong"))
                .await
                .wire(),
        );
    }
    responses.dedup();
    assert_eq!(responses.len(), 1, "{responses:#?}");
}

#[tokio::test]
async fn the_right_generated_secret_always_passes() {
    let endpoint = endpoint();
    let before = login(&endpoint, HERE, &right("web")).await;
    exhaust(&endpoint, HERE, "web").await;
    for _ in 0..20 {
        let held = login(&endpoint, HERE, "web:wrong").await;
        assert_error(&held, 429, "invalid_client");
        assert_ok(&login(&endpoint, HERE, &right("web")).await);
    }
    let refresh = format!(
        "grant_type=refresh_token&refresh_token={}",
        before.refresh_token()
    );
    let refreshed = send(Route::Token, &endpoint, HERE, &right("web"), &refresh).await;
    assert_ok(&refreshed);
    let token = format!("token={}", refreshed.refresh_token());
    for route in [Route::Introspection, Route::Revocation] {
        let response = send(route, &endpoint, HERE, &right("web"), &token).await;
        assert_eq!(response.summary(), "200");
    }
}

#[tokio::test]
async fn a_client_of_both_kinds_passes_with_its_generated_secret() {
    let both = person("person").with_secret(SecretHash::sha256("generated"), None);
    let endpoint = Endpoint::builder().client(both).build();
    exhaust(&endpoint, HERE, "person").await;
    let held = login(&endpoint, HERE, "person:chosen").await;
    assert_error(&held, 429, "invalid_client");
    assert_ok(&login(&endpoint, HERE, "person:generated").await);
}

#[tokio::test]
async fn over_the_bound_a_chosen_secret_is_not_hashed() {
    let endpoint = Endpoint::builder()
        .client(person("person"))
        .client(slow_person("other-person"))
        .server(|server| server.with_slow_hash_concurrency(1).with_slow_hash_queue(0))
        .build();
    exhaust(&endpoint, HERE, "person").await;
    // The only place is taken, and a check would be turned away with 503.
    let (running, held) = tokio::join!(
        login(&endpoint, HERE, "other-person:chosen"),
        login(&endpoint, HERE, "person:chosen"),
    );
    assert_ok(&running);
    assert_error(&held, 429, "invalid_client");
}

#[tokio::test]
async fn other_addresses_and_other_clients_are_not_affected() {
    let endpoint = endpoint();
    exhaust(&endpoint, HERE, "person").await;
    assert_ok(&login(&endpoint, "198.51.100.7", "person:chosen").await);
    assert_ok(&login(&endpoint, HERE, &right("web")).await);
    let wrong = login(&endpoint, HERE, "other:wrong").await;
    assert_error(&wrong, 401, "invalid_client");
    let held = login(&endpoint, HERE, "person:chosen").await;
    assert_error(&held, 429, "invalid_client");
}

#[tokio::test]
async fn a_network_of_64_bits_is_one_address() {
    let endpoint = endpoint();
    for host in 0..10 {
        let wrong = login(&endpoint, &format!("2001:db8::{host}"), "person:wrong").await;
        assert_error(&wrong, 401, "invalid_client");
    }
    let held = login(&endpoint, "2001:db8::ffff", "person:chosen").await;
    assert_error(&held, 429, "invalid_client");
    assert_ok(&login(&endpoint, "2001:db8:0:1::1", "person:chosen").await);
}

#[tokio::test]
async fn after_retry_after_there_is_one_more_guess() {
    let endpoint = endpoint();
    exhaust(&endpoint, HERE, "person").await;
    endpoint.clock.advance(Duration::from_millis(30_500));
    let held = login(&endpoint, HERE, "person:chosen").await;
    assert_eq!(held.headers[RETRY_AFTER], "30", "29.5 seconds, rounded up");
    endpoint.clock.advance(Duration::from_secs(30));
    let wrong = login(&endpoint, HERE, "person:wrong").await;
    assert_error(&wrong, 401, "invalid_client");
    let held = login(&endpoint, HERE, "person:chosen").await;
    assert_error(&held, 429, "invalid_client");
    endpoint.clock.advance(Duration::from_secs(60));
    assert_ok(&login(&endpoint, HERE, "person:chosen").await);
}

#[tokio::test]
async fn right_secrets_do_not_count() {
    let endpoint = endpoint();
    for _ in 0..30 {
        assert_ok(&login(&endpoint, HERE, "person:chosen").await);
        assert_ok(&login(&endpoint, HERE, &right("web")).await);
    }
    exhaust(&endpoint, HERE, "person").await;
}

#[tokio::test]
async fn a_secret_that_could_not_be_checked_does_not_count() {
    let endpoint = Endpoint::builder()
        .client(person("person"))
        .client(slow_person("other-person"))
        .server(|server| server.with_slow_hash_concurrency(1).with_slow_hash_queue(0))
        .build();
    for _ in 0..12 {
        let (running, busy) = tokio::join!(
            login(&endpoint, HERE, "other-person:chosen"),
            login(&endpoint, HERE, "person:wrong"),
        );
        assert_ok(&running);
        assert_error(&busy, 503, "temporarily_unavailable");
    }
    exhaust(&endpoint, HERE, "person").await;
}

#[tokio::test]
async fn a_client_that_only_names_itself_guesses_nothing() {
    let endpoint = endpoint();
    for _ in 0..30 {
        let mut request = form("grant_type=password&username=alice&client_id=web");
        let address = ClientAddress::from(HERE.parse::<IpAddr>().unwrap());
        request.extensions_mut().insert(address);
        assert_error(&endpoint.call(request).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn without_an_address_nothing_is_counted() {
    let endpoint = endpoint();
    for _ in 0..30 {
        for client in ["web", "person", "nobody"] {
            let wrong = login(&endpoint, NOWHERE, &format!("{client}:wrong")).await;
            assert_error(&wrong, 401, "invalid_client");
        }
    }
}

#[tokio::test]
async fn the_limit_can_be_changed_and_lifted() {
    let endpoint = Endpoint::builder()
        .server(|server| server.with_guess_limit(limit(1, Duration::from_secs(5))))
        .build();
    let wrong = login(&endpoint, HERE, "web:wrong").await;
    assert_error(&wrong, 401, "invalid_client");
    let held = login(&endpoint, HERE, "web:wrong").await;
    assert_eq!(held.headers[RETRY_AFTER], "5");
    let endpoint = Endpoint::builder()
        .server(|server| server.with_guess_limit(None))
        .build();
    for _ in 0..30 {
        let wrong = login(&endpoint, HERE, "web:wrong").await;
        assert_error(&wrong, 401, "invalid_client");
    }
}

fn limit(guesses: u32, every: Duration) -> Option<GuessLimit> {
    Some(GuessLimit { guesses, every })
}

#[tokio::test]
async fn bounds_that_make_no_sense_are_rejected_when_the_server_is_built() {
    let server = || {
        let clients = ClientMap::default();
        Server::builder(
            "https://id.example",
            Keys::generate(),
            clients,
            MemoryStore::new(),
        )
    };
    for (builder, key) in [
        (
            server().with_guess_limit(limit(1, Duration::ZERO)),
            "guess_limit",
        ),
        (
            server().with_guess_limit(limit(0, Duration::from_secs(60))),
            "guess_limit",
        ),
        (
            server().with_slow_hash_concurrency(0),
            "slow_hash_concurrency",
        ),
        (
            server().with_slow_hash_deadline(Duration::ZERO),
            "slow_hash_deadline",
        ),
        (
            server().with_slow_hash_deadline(Duration::from_secs(61)),
            "slow_hash_deadline",
        ),
    ] {
        assert_eq!(builder.build().unwrap_err().key(), key);
    }
}

#[tokio::test]
async fn every_failed_authentication_is_an_event() {
    let endpoint = endpoint();
    for (from, pair, expected) in [
        (
            HERE,
            "web:wrong",
            r#"client: Registered("web"), denial: SecretWrong, address: Some(ClientAddress(203.0.113.9))"#,
        ),
        (
            NOWHERE,
            "person:wrong",
            r#"client: Registered("person"), denial: SecretWrong, address: None"#,
        ),
        (
            HERE,
            "nobody:wrong",
            "client: Unregistered, denial: ClientUnknown, address: Some(ClientAddress(203.0.113.9))",
        ),
        (
            HERE,
            "app:wrong",
            r#"client: Registered("app"), denial: ClientMethodNotAllowed, address: Some(ClientAddress(203.0.113.9))"#,
        ),
        (
            HERE,
            "no colon",
            "client: Unreadable, denial: CredentialsMalformed, address: Some(ClientAddress(203.0.113.9))",
        ),
    ] {
        for route in ROUTES {
            endpoint.forget();
            let refused = send(route, &endpoint, from, pair, "token=x&grant_type=x").await;
            assert_error(&refused, 401, "invalid_client");
            let events = endpoint.events.take();
            assert_eq!(events, [format!("AuthenticationFailed {{ {expected} }}")]);
        }
    }
    exhaust(&endpoint, HERE, "other").await;
    endpoint.forget();
    login(&endpoint, HERE, "other:wrong").await;
    let events = endpoint.events.take();
    assert_eq!(events.len(), 1, "{events:?}");
    let reason = "TooManyGuesses { retry_after: 60s }";
    assert!(events[0].contains(reason), "{events:?}");
}

/// Real hashes, cheap ones. That nobody waits longer than the queue is tested where checks can be
/// counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_unknown_clients_do_every_right_client_is_served() {
    let endpoint = Endpoint::builder()
        .client(person("person"))
        .server(|server| {
            server
                .with_slow_hash_concurrency(1)
                .with_slow_hash_queue(15)
                .with_slow_hash_deadline(Duration::from_secs(60))
        })
        .build();
    let attackers: Vec<_> = (0..80)
        .map(|attacker| {
            let endpoint = endpoint.clone();
            tokio::spawn(async move {
                loop {
                    login(&endpoint, NOWHERE, &format!("nobody-{attacker}:wrong")).await;
                }
            })
        })
        .collect();
    let clients = (0..4).map(|_| {
        let endpoint = endpoint.clone();
        tokio::spawn(async move {
            for _ in 0..25 {
                assert_ok(&login(&endpoint, NOWHERE, "person:chosen").await);
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
    for attacker in attackers {
        attacker.abort();
    }
}

#[tokio::test]
async fn a_check_that_waits_too_long_is_503() {
    let deadline = Duration::from_millis(50);
    let endpoint = Endpoint::builder()
        .client(slow_person("slow"))
        .client(person("person"))
        .server(move |server| {
            server
                .with_slow_hash_concurrency(1)
                .with_slow_hash_queue(10)
                .with_slow_hash_deadline(deadline)
        })
        .build();
    let (running, waiting) = tokio::join!(
        login(&endpoint, HERE, "slow:wrong"),
        login(&endpoint, HERE, "person:chosen"),
    );
    assert_error(&running, 401, "invalid_client");
    assert_error(&waiting, 503, "temporarily_unavailable");
    assert_eq!(waiting.headers[RETRY_AFTER], "1");
    assert_eq!(waiting.denial, Some(Denial::SecretsBusy));
}

/// While unknown clients have all the places that they may have, a failure must not tell who is
/// registered.
#[tokio::test]
async fn a_crowd_of_unknown_clients_does_not_tell_who_is_registered() {
    let endpoint = Endpoint::builder()
        .client(slow_person("slow"))
        .client(person("person"))
        .server(|server| {
            server
                .with_slow_hash_concurrency(2)
                .with_slow_hash_queue(0)
                .with_slow_hash_deadline(Duration::from_millis(100))
        })
        .build();
    let mut responses = Vec::new();
    for client in ["person", "another-nobody"] {
        endpoint.forget();
        let pair = format!("{client}:wrong");
        let (running, withheld) = tokio::join!(
            login(&endpoint, HERE, "nobody:wrong"),
            login(&endpoint, HERE, &pair),
        );
        assert_error(&running, 401, "invalid_client");
        assert_error(&withheld, 503, "temporarily_unavailable");
        responses.push(withheld.wire());
        // The operator learns the truth.
        let events = endpoint.events.take().join("\n");
        assert!(!events.contains("SecretsBusy"), "{events}");
    }
    responses.dedup();
    assert_eq!(responses.len(), 1, "{responses:#?}");
}

const LOGIN: &str = "grant_type=password&username=alice";

const HERE: &str = "203.0.113.9";

const NOWHERE: &str = "";
