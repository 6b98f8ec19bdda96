//! How often passwords may be guessed.

use http::Request;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use reissue_tests::Answer;

use super::browser::{Ask, Browser, html, parameter};
use super::process::{LOGIN, TOKEN, TokenServer};

#[tokio::test]
async fn a_guesser_is_held_back_everywhere_and_others_are_not() {
    let server = TokenServer::with(&format!("{NATIVE}{LIMIT}"));
    let session = server.login().await;
    for _ in 0..3 {
        let wrong = server.post_as_client(TOKEN, WRONG).await;
        assert_eq!(wrong.summary(), "400 invalid_grant");
    }
    for form in [WRONG, LOGIN] {
        let held = server.post_as_client(TOKEN, form).await;
        assert_eq!(held.summary(), "429 invalid_grant");
        assert_waits(&held);
    }
    let mut browser = Browser::of(&server);
    let page = browser.open(&Ask::default().path()).await;
    let held = browser.log_in(&page, "bshaffer", "brent123").await;
    assert_eq!(held.status, 429, "{held:?}");
    assert_waits(&held);
    let again = browser.log_in(&held, "carol", "wonderland").await;
    assert!(parameter(&again, "code").is_some(), "{again:?}");

    let refreshed = server.refresh(session.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "who is logged in stays so");
}

#[tokio::test]
async fn guesses_on_the_login_page_count_too() {
    let server = TokenServer::with(&format!("{NATIVE}{LIMIT}"));
    let mut browser = Browser::of(&server);
    let mut page = browser.open(&Ask::default().path()).await;
    for _ in 0..3 {
        page = browser.log_in(&page, "bshaffer", "wrong").await;
        assert_eq!(page.status, 403);
    }
    let held = browser.log_in(&page, "bshaffer", "brent123").await;
    assert_eq!(held.status, 429);
    assert!(html(&held).contains("too many wrong passwords"), "{held:?}");
    let held = server.post_as_client(TOKEN, LOGIN).await;
    assert_eq!(held.summary(), "429 invalid_grant");
}

#[tokio::test]
async fn right_passwords_do_not_count() {
    let server = TokenServer::with(LIMIT);
    for _ in 0..10 {
        server.login().await;
    }
}

#[tokio::test]
async fn behind_a_proxy_each_of_its_clients_has_guesses_of_its_own() {
    let server = TokenServer::with(&format!("{LIMIT}address = \"x-forwarded-for\"\n"));
    for _ in 0..3 {
        let wrong = forwarded(&server, "198.51.100.7, 203.0.113.8", WRONG).await;
        assert_eq!(wrong.summary(), "400 invalid_grant");
    }
    let held = forwarded(&server, "203.0.113.8", LOGIN).await;
    assert_eq!(held.summary(), "429 invalid_grant");
    let other = forwarded(&server, "203.0.113.8, 203.0.113.9", LOGIN).await;
    assert_eq!(other.summary(), "200");
}

#[tokio::test]
async fn without_a_proxy_an_address_cannot_be_made_up() {
    let server = TokenServer::with(LIMIT);
    for address in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
        let wrong = forwarded(&server, address, WRONG).await;
        assert_eq!(wrong.summary(), "400 invalid_grant");
    }
    let held = forwarded(&server, "203.0.113.4", LOGIN).await;
    assert_eq!(held.summary(), "429 invalid_grant");
}

/// Until the next guess, which is a quarter of an hour.
fn assert_waits(answer: &Answer) {
    let wait = answer.headers[RETRY_AFTER].to_str().unwrap();
    let wait: u32 = wait.parse().unwrap();
    assert!((1..=15 * 60 + 1).contains(&wait), "{wait}");
}

async fn forwarded(server: &TokenServer, for_whom: &str, form: &str) -> Answer {
    let request = Request::post(TOKEN)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("x-forwarded-for", for_whom);
    let form = format!("{form}&client_id=TestClient&client_secret=TestSecret");
    server.send(request, &form).await
}

const WRONG: &str = "grant_type=password&username=bshaffer&password=wrong";
const LIMIT: &str = "[logins]\nguesses = 3\nguess_every = \"15m\"\n";
const NATIVE: &str = r#"
[[users]]
name = "carol"
password = "wonderland"

[[clients]]
id = "demo-app"
public = true
grants = ["authorization_code"]
redirect_uris = ["http://127.0.0.1/callback"]
scope = "openid"

"#;
