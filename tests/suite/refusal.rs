//! Denied refresh tokens: the response reveals nothing to a client, and the store is not read if
//! the token alone is invalid.

use std::time::Duration;

use reissue::client::{AuthenticatedClient, ClientMap};
use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};
use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::store::{Create, MemoryStore, Revoke, Store as _, SubjectKey};
use reissue::token::Jwt;
use reissue::{Confirmation, Denial, Grant, GrantType, Keys, Policy, Server};
use reissue_tests::{
    Endpoint, TestResponse, assert_error, assert_refreshes, confidential, form_encoded,
};

/// Keys of which the sealing key is known.
fn keys(sealing: &SymmetricKey) -> Keys {
    let signing = SigningKey::generate(Algorithm::EdDsa).expect("there is randomness");
    Keys::new(
        Jwt::new(KeyRing::new(signing)),
        KeyRing::new(sealing.clone()),
    )
}

/// A refresh token of `web` and `alice` from another server.
async fn issued_by(issuer: &str, sealing: &SymmetricKey) -> String {
    let clients = ClientMap::new([confidential("web")]).expect("there is one client");
    let server = Server::builder(issuer, keys(sealing), clients, MemoryStore::new())
        .build()
        .expect("the configuration is good");
    let web = AuthenticatedClient::trust(confidential("web"));
    let tokens = server
        .issue(&web, GrantType::PASSWORD, Grant::new("alice"))
        .await
        .expect("the store is in memory");
    let token = tokens.refresh_token.expect("web may refresh");
    token.expose().to_owned()
}

#[tokio::test]
async fn what_is_no_refresh_token_of_this_server_is_denied_without_a_store_call() {
    let sealing = SymmetricKey::generate().unwrap();
    let endpoint = Endpoint::builder().keys(keys(&sealing)).build();
    let login = endpoint.login().await;
    let good = login.refresh_token();
    let strangers_key = SymmetricKey::generate().unwrap();
    let other_key = issued_by("https://id.example", &strangers_key).await;
    let other_issuer = issued_by("https://other.example", &sealing).await;
    endpoint.forget();
    for (token, why) in [
        ("garbage", Denial::TokenMalformed),
        ("0", Denial::TokenMalformed),
        ("v4.local.", Denial::TokenMalformed),
        ("v4.local.AAAA.AAAA", Denial::TokenKeyUnknown),
        ("v4.local.AAAA", Denial::TokenMalformed),
        ("v3.local.AAAA.AAAA", Denial::TokenMalformed),
        ("\u{1F980}", Denial::TokenMalformed),
        ("SplxlOBeZQQYbYS6WxSbIA", Denial::TokenMalformed),
        (&"A".repeat(60_000), Denial::TokenMalformed),
        (
            &format!("v4.local.{}", "A".repeat(5_000)),
            Denial::TokenMalformed,
        ),
        (login.text("access_token"), Denial::TokenMalformed),
        (&good[..good.len() - 1], Denial::TokenKeyUnknown),
        (&good[..good.rfind('.').unwrap()], Denial::TokenMalformed),
        (&other_key, Denial::TokenKeyUnknown),
        (&other_issuer, Denial::TokenMalformed),
    ] {
        let response = endpoint.refresh(&form_encoded(token)).await;
        assert_error(&response, 400, "invalid_grant");
        assert_eq!(endpoint.store.take_calls(), [], "{token}");
        // A cut footer may be no base64 any more, which is malformed too.
        if why != Denial::TokenKeyUnknown {
            assert_eq!(response.denial, Some(why), "{token}");
        }
    }
    assert_refreshes(&endpoint, good).await;
}

#[tokio::test]
async fn any_byte_changed_is_denied_without_a_store_call() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let good = login.refresh_token();
    endpoint.forget();
    for at in 0..good.len() {
        let was = good.as_bytes()[at];
        let ends_part = good[at + 1..].chars().next().is_none_or(|next| next == '.');
        // The last character of a part may have bits that mean nothing: all others are tried there.
        let mut others: Vec<u8> = if ends_part {
            ALPHABET.to_vec()
        } else {
            let place = ALPHABET.iter().position(|byte| *byte == was).unwrap_or(0);
            vec![ALPHABET[(place + 1) % 64], ALPHABET[(place + 32) % 64]]
        };
        // Another spelling of the same letter.
        others.push(if was.is_ascii_uppercase() {
            was.to_ascii_lowercase()
        } else {
            was.to_ascii_uppercase()
        });
        for other in others.into_iter().filter(|other| *other != was) {
            let changed = format!("{}{}{}", &good[..at], char::from(other), &good[at + 1..]);
            assert_denied_unread(&endpoint, &changed).await;
        }
        let missing = format!("{}{}", &good[..at], &good[at + 1..]);
        assert_denied_unread(&endpoint, &missing).await;
    }
    assert_refreshes(&endpoint, good).await;
}

#[tokio::test]
async fn another_spelling_or_a_suffix_is_denied_without_a_store_call() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let good = login.refresh_token();
    endpoint.forget();
    for affix in [
        "=", "==", ".", "..", "A", "AAAA", " ", "%20", ".e30", "\u{feff}",
    ] {
        let spellings = [
            format!("{good}{affix}"),
            format!("{affix}{good}"),
            good.replace('.', &format!("{affix}.")),
            good.replace('.', &format!(".{affix}")),
        ];
        for spelling in spellings {
            assert_denied_unread(&endpoint, &spelling).await;
        }
    }
    let body = good.rfind('.').unwrap();
    for spelling in [
        good.to_ascii_uppercase(),
        good.to_ascii_lowercase(),
        good.replacen("v4", "V4", 1),
        good.replacen("local", "public", 1),
        format!("{good}{good}"),
        format!("{}{}", &good[..body], &good[body + 1..]),
    ] {
        assert_denied_unread(&endpoint, &spelling).await;
    }
    assert_refreshes(&endpoint, good).await;
}

async fn assert_denied_unread(endpoint: &Endpoint, token: &str) {
    let response = endpoint.refresh(&form_encoded(token)).await;
    assert_error(&response, 400, "invalid_grant");
    assert_eq!(endpoint.store.take_calls(), [], "{token}");
}

/// Denies `barred`, allows everybody else.
struct Doorman;

impl RefreshHook for Doorman {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        Ok(match refreshing.grant.subject.as_str() {
            "barred" => Decision::Deny,
            _ => Decision::allow(),
        })
    }
}

/// Logs a subject in at `web`.
async fn login(endpoint: &Endpoint, subject: &str) -> String {
    let response = endpoint
        .post(&format!("grant_type=password&username={subject}"))
        .await;
    response.refresh_token().to_owned()
}

#[tokio::test]
async fn the_response_is_byte_identical_for_every_denied_token_whatever_the_cause() {
    let sealing = SymmetricKey::generate().unwrap();
    let endpoint = Endpoint::builder()
        .keys(keys(&sealing))
        .policy(
            Policy::builder()
                .with_retry_cap(1)
                .with_heal_limit(1)
                .build()
                .unwrap(),
        )
        .server(|server| server.with_hook(Doorman))
        .grant(|parameters| {
            let subject = parameters.get("username").unwrap_or_default();
            let grant = Grant::new(subject);
            Ok(match subject {
                "bound" => grant.with_confirmation(Confirmation::Jkt("a key".to_owned())),
                _ => grant,
            })
        })
        .build();
    let mut causes: Vec<(Denial, TestResponse)> = Vec::new();

    let stranger = issued_by("https://id.example", &SymmetricKey::generate().unwrap()).await;
    let foreign_issuer = issued_by("https://other.example", &sealing).await;
    for (token, why) in [
        ("garbage".to_owned(), Denial::TokenMalformed),
        (foreign_issuer, Denial::TokenMalformed),
        (stranger, Denial::TokenKeyUnknown),
        (login(&endpoint, "barred").await, Denial::HookDenied),
        (login(&endpoint, "bound").await, Denial::KeyMismatch),
    ] {
        causes.push((why, endpoint.refresh(&token).await));
    }

    let token = login(&endpoint, "foreign").await;
    let body = format!("grant_type=refresh_token&refresh_token={token}");
    causes.push((Denial::TokenForeign, endpoint.post_as("other", &body).await));

    let token = login(&endpoint, "gone").await;
    let key = SubjectKey::derive("https://id.example", "gone");
    endpoint.store.revoke(key, Revoke::All).await.unwrap();
    causes.push((Denial::SessionMissing, endpoint.refresh(&token).await));

    // Over the retry cap, then after grace, then after that.
    let first = login(&endpoint, "late").await;
    let second = endpoint.refresh(&first).await.refresh_token().to_owned();
    assert_eq!(endpoint.refresh(&first).await.summary(), "200");
    causes.push((Denial::TokenSuperseded, endpoint.refresh(&first).await));
    let third = endpoint.refresh(&second).await.refresh_token().to_owned();
    endpoint.clock.advance(Duration::from_secs(60));
    causes.push((Denial::TokenReused, endpoint.refresh(&second).await));
    causes.push((Denial::SessionMissing, endpoint.refresh(&third).await));

    // The store goes back to the beginning.
    let mut token = login(&endpoint, "rolled-back").await;
    let key = SubjectKey::derive("https://id.example", "rolled-back");
    for _ in 0..3 {
        token = endpoint.refresh(&token).await.refresh_token().to_owned();
    }
    let (sid, record) = endpoint
        .store
        .sessions(key, None, 1)
        .await
        .unwrap()
        .families
        .remove(0);
    endpoint.store.revoke(key, Revoke::All).await.unwrap();
    let create = Create {
        subject: key,
        sid,
        idle: None,
        expires_at: None,
        details: record.details,
        limit: None,
    };
    endpoint.store.create(create).await.unwrap();
    causes.push((Denial::RolledBack, endpoint.refresh(&token).await));

    let token = login(&endpoint, "idle").await;
    endpoint.clock.advance(Duration::from_secs(30 * 24 * 3_600));
    causes.push((Denial::TokenExpired, endpoint.refresh(&token).await));

    let wire = causes[0].1.wire();
    for (why, response) in &causes {
        assert_error(response, 400, "invalid_grant");
        assert_eq!(response.denial, Some(*why));
        assert_eq!(response.wire(), wire, "{why}");
    }
    insta::assert_snapshot!(wire, @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_grant","error_description":"The grant or refresh token is not valid."}
    "#);
}
