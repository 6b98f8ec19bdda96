use std::time::Instant;

use reissue::client::{AuthenticatedClient, Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{Denial, Grant, GrantType, Keys, RefreshRequest, Server};

use super::*;

#[tokio::test]
async fn a_right_password_is_right_whatever_it_is_hashed_with() {
    let users = users();
    for name in ["fast", "slow"] {
        assert_eq!(
            login(&users, name, PASSWORD).await,
            Outcome::Right,
            "{name}"
        );
        let wrong = login(&users, name, "wrong").await;
        assert_eq!(wrong, Outcome::Wrong, "{name}");
    }
}

#[tokio::test]
async fn nobody_and_the_disabled_are_refused() {
    let users = users();
    for name in ["nobody", "disabled", ""] {
        let refused = login(&users, name, PASSWORD).await;
        assert_eq!(refused, Outcome::Wrong, "{name}");
    }
}

#[tokio::test]
async fn every_refusal_costs_a_slow_hash() {
    let users = users();
    let mut least = u128::MAX;
    for _ in 0..3 {
        least = least.min(time_of(&users, "slow").await);
    }
    for name in ["fast", "nobody", "disabled"] {
        let time = time_of(&users, name).await;
        // A hash that is left out takes a thousandth.
        assert!(time > least / 10, "{name}: {time} ns, not {least} ns");
    }
}

#[tokio::test]
async fn too_many_at_once_are_told_to_come_back() {
    let users = Users {
        slow_checks: Arc::new(SlowChecks::new(1, 1, DEADLINE)),
        ..users()
    };
    let attempt = || login(&users, "slow", PASSWORD);
    let (first, second, third) = tokio::join!(attempt(), attempt(), attempt());
    assert_eq!((first, second), (Outcome::Right, Outcome::Right));
    assert_eq!(third, Outcome::Unchecked);
    assert_eq!(attempt().await, Outcome::Right);
}

#[tokio::test]
async fn a_session_of_a_disabled_or_removed_user_is_refused_and_stays() {
    let server = Server::builder(
        "https://id.example",
        Keys::generate(),
        ClientMap::default(),
        MemoryStore::new(),
    )
    .with_hook(users())
    .build()
    .unwrap();
    let app = AuthenticatedClient::trust(Client::public("app"));
    for (name, refreshed) in [
        ("fast", Ok(())),
        ("disabled", Err(Denial::HookDenied)),
        ("nobody", Err(Denial::HookDenied)),
    ] {
        let issued = server
            .issue(&app, GrantType::PASSWORD, Grant::new(name))
            .await;
        let token = issued.unwrap().refresh_token.unwrap();
        for _ in 0..2 {
            let answer = server
                .refresh(&app, RefreshRequest::new(token.clone()))
                .await;
            assert_eq!(answer.map(drop).map_err(Denial::from), refreshed, "{name}");
        }
        let sessions = server.sessions(name).await;
        assert_eq!(sessions.unwrap().len(), 1, "{name}");
    }
}

#[test]
fn debug_shows_names_only() {
    let mut users = HashMap::new();
    users.insert("fast".to_owned(), user(fast(), false));
    assert_eq!(format!("{:?}", Users::new(users)), r#"{"fast"}"#);
}

async fn login(users: &Users, name: &str, password: &str) -> Outcome {
    users.authenticate(name, ClientSecret::new(password)).await
}

async fn time_of(users: &Users, name: &str) -> u128 {
    let start = Instant::now();
    assert_eq!(login(users, name, "wrong").await, Outcome::Wrong);
    start.elapsed().as_nanos()
}

fn users() -> Users {
    let slow = UserHash::Slow(SecretHash::argon2id(PASSWORD).unwrap());
    let users = [
        ("disabled", user(fast(), true)),
        ("fast", user(fast(), false)),
        ("slow", user(slow, false)),
    ];
    Users::new(HashMap::from(
        users.map(|(name, user)| (name.to_owned(), user)),
    ))
}

fn user(hash: UserHash, disabled: bool) -> User {
    User { hash, disabled }
}

fn fast() -> UserHash {
    UserHash::Fast(SecretHash::sha256(PASSWORD))
}

const PASSWORD: &str = "correct horse";
