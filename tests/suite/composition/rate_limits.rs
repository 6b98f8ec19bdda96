//! A limit for each address outside, and for each client inside.

use std::time::Duration;

use http::header::RETRY_AFTER;
use reissue_tests::{TestResponse, form};

use super::example::{Example, LOGIN};

#[tokio::test]
async fn a_client_that_logs_in_too_often_is_denied_and_no_other() {
    let example = Example::start("rate-limits");
    let login = example.login().await;
    for _ in 0..2 {
        example.login().await;
    }
    let refused = example.send(form(LOGIN)).await;
    assert_eq!(refused.summary(), "429", "{refused:?}");
    assert!(wait_of(&refused) <= Duration::from_secs(11));

    let other = LOGIN.replace("client_id=app", "client_id=other");
    assert_eq!(example.send(form(other)).await.summary(), "200");
    let refreshed = example.refresh(login.refresh_token()).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
}

#[tokio::test]
async fn a_client_that_is_not_authenticated_uses_up_nothing() {
    let example = Example::start("rate-limits");
    for _ in 0..9 {
        let stranger = format!("{LOGIN}&client_secret=guessed");
        let refused = example.send(form(stranger)).await;
        assert_eq!(refused.summary(), "401 invalid_client");
    }
    example.login().await;
}

#[tokio::test]
async fn a_refresh_that_is_denied_by_its_address_leaves_the_session_intact() {
    let example = Example::start("rate-limits");
    let login = example.login().await;
    let mut refused = None;
    for _ in 0..1000 {
        let response = example.send(form("grant_type=")).await;
        if response.summary() == "429" {
            refused = Some(response);
            break;
        }
    }
    let mut refused = refused.expect("so many are too many");
    loop {
        tokio::time::sleep(wait_of(&refused)).await;
        let refreshed = example.refresh(login.refresh_token()).await;
        if refreshed.summary() == "200" {
            return;
        }
        refused = refreshed;
    }
}

fn wait_of(refused: &TestResponse) -> Duration {
    assert_eq!(refused.summary(), "429", "{refused:?}");
    let seconds = refused.headers[RETRY_AFTER].to_str().unwrap();
    Duration::from_secs(seconds.parse().unwrap())
}
