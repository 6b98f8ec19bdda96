//! How often passwords may be guessed.

use http::Request;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use reissue_tests::TestResponse;

use super::browser::{Ask, Browser, html, parameter};
use super::process::{LOGIN, PARTIES, TOKEN, TokenServer, refused};

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

#[tokio::test]
async fn client_secrets_cannot_be_guessed_without_end_at_any_endpoint() {
    let config = format!("{LIMIT}address = \"x-forwarded-for\"\n");
    let server = TokenServer::with(&config);
    let guess = async |for_whom, path, secret| {
        let form = format!(
            "grant_type=client_credentials&token=x&client_id=TestClient&client_secret={secret}"
        );
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", for_whom);
        server.send(request, &form).await
    };
    let paths = [TOKEN, "/oauth2/revoke", "/oauth2/introspect"];
    for path in paths {
        let wrong = guess("203.0.113.8", path, "wrong").await;
        assert_eq!(wrong.summary(), "401 invalid_client");
    }
    for path in paths {
        let held = guess("203.0.113.8", path, "wrong").await;
        assert_eq!(held.summary(), "429 invalid_client");
        assert_waits(&held);
        let elsewhere = guess("203.0.113.9", path, "wrong").await;
        assert_eq!(elsewhere.summary(), "401 invalid_client");
        // A secret in plain text in the file counts as generated: nobody else can keep the client
        // out.
        let right = guess("203.0.113.8", path, "TestSecret").await;
        assert_eq!(right.summary(), "200");
    }
}

#[tokio::test]
async fn guesses_leave_a_trace_without_names_and_secrets() {
    let server = TokenServer::with(LIMIT);
    for _ in 0..4 {
        server.post_as_client(TOKEN, WRONG).await;
    }
    let unknown = WRONG.replace("bshaffer", "hunter2-typed-as-a-name");
    server.post_as_client(TOKEN, &unknown).await;
    let client = "grant_type=client_credentials&client_id=TestClient&client_secret=wrong";
    for _ in 0..4 {
        server.post(TOKEN, client).await;
    }
    let nobody = client.replace("TestClient", "nobody-of-that-name");
    server.post(TOKEN, &nobody).await;
    let log = server.stop("TERM").stderr;

    let lines = |part: &str| log.lines().filter(|line| line.contains(part)).count();
    assert_eq!(lines("login failed account="), 4, "{log}");
    assert_eq!(lines("login held back account="), 1, "{log}");
    assert_eq!(lines("address=127.0.0.1"), 15, "{log}");
    let account = |line: &str| Some(line.split_once("account=")?.1.split_once(' ')?.0.to_owned());
    let accounts: Vec<String> = log.lines().filter_map(account).collect();
    let (same, other) = (&accounts[..4], &accounts[4]);
    assert!(same.iter().all(|account| account == &same[0]), "{log}");
    assert_ne!(other, &same[0]);
    assert_eq!(
        lines("client=\"TestClient\" claimed=\"registered\""),
        4,
        "{log}"
    );
    assert_eq!(lines("client authentication held back"), 1, "{log}");
    assert_eq!(lines("claimed=\"unregistered\""), 1, "{log}");
    for secret in [
        "bshaffer",
        "hunter2",
        "wrong\"",
        "nobody-of-that-name",
        "TestSecret",
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn behind_a_proxy_it_does_not_start_without_a_word_about_whose_address_counts() {
    let issuer = "issuer = \"https://id.example\"\n";
    let ended = refused(&format!("{issuer}{PARTIES}"));
    assert_eq!(ended.status.code(), Some(1));
    let expected = "token-server: logins.address: missing; expected \"x-forwarded-for\"";
    assert!(ended.stderr.starts_with(expected), "{}", ended.stderr);

    let server = TokenServer::with(&format!("{issuer}{LIMIT}address = \"x-forwarded-for\"\n"));
    for _ in 0..3 {
        let wrong = forwarded(&server, "203.0.113.8", WRONG).await;
        assert_eq!(wrong.summary(), "400 invalid_grant");
    }
    let held = forwarded(&server, "203.0.113.8", LOGIN).await;
    assert_eq!(held.summary(), "429 invalid_grant");
    let other = forwarded(&server, "203.0.113.9", LOGIN).await;
    assert_eq!(other.summary(), "200", "everybody else logs in");
    TokenServer::with(&format!("{issuer}[logins]\nguesses = 0\n"));
}

/// Until the next guess, which is a quarter of an hour.
fn assert_waits(response: &TestResponse) {
    let wait = response.headers[RETRY_AFTER].to_str().unwrap();
    let wait: u32 = wait.parse().unwrap();
    assert!((1..=15 * 60 + 1).contains(&wait), "{wait}");
}

async fn forwarded(server: &TokenServer, for_whom: &str, form: &str) -> TestResponse {
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
