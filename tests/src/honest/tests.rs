use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use super::{Honest, Outcome};

#[tokio::test(start_paused = true)]
async fn honest_clients_refresh_with_the_newest_token() {
    let honest = Honest::new(GRACE);
    let (report, ()) = honest
        .run(
            tokens(4),
            sleep(Duration::from_secs(1)),
            |_, token| async move { next(&token) },
        )
        .await;
    assert!(report.refreshes >= 4 * 90, "{report:?}");
    assert_eq!(report.retries, 0);
    assert!(report.logged_out.is_empty());
    let refreshes: u64 = report
        .tokens
        .iter()
        .flatten()
        .map(|token| count(token))
        .sum();
    assert_eq!(refreshes, report.refreshes);
}

#[tokio::test(start_paused = true)]
async fn honest_clients_keep_their_token_until_a_200() {
    let calls = Arc::new(AtomicU64::new(0));
    let honest = Honest::new(GRACE).with_timeout(Duration::from_secs(1));
    let scenario = sleep(Duration::from_secs(10));
    let (report, ()) = honest
        .run(tokens(1), scenario, move |_, token| {
            let call = calls.fetch_add(1, Ordering::SeqCst);
            async move {
                match call % 3 {
                    0 => Outcome::Retry,
                    1 => std::future::pending().await,
                    _ => next(&token),
                }
            }
        })
        .await;
    assert!(report.refreshes >= 9, "{report:?}");
    assert_eq!(report.timeouts, report.refreshes);
    assert_eq!(report.retries, 2 * report.refreshes);
    assert!(report.longest >= Duration::from_secs(1), "{report:?}");
    let token = report.tokens[0].as_deref().unwrap();
    assert_eq!(count(token), report.refreshes);
}

#[tokio::test(start_paused = true)]
async fn honest_clients_give_up_when_their_grace_is_over() {
    let honest = Honest::new(GRACE);
    let scenario = sleep(2 * GRACE);
    let (report, ()) = honest
        .run(tokens(1), scenario, |_, _| async { Outcome::Retry })
        .await;
    assert_eq!((report.gave_up, report.refreshes), (1, 0));
    assert_eq!(report.tokens, [Some("0".to_owned())]);
    assert!(report.logged_out.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_denied_client_is_logged_out() {
    let honest = Honest::new(GRACE);
    let scenario = sleep(Duration::from_secs(1));
    let (report, ()) = honest
        .run(tokens(2), scenario, |number, token| async move {
            match number {
                0 => Outcome::Refused("400 invalid_grant".to_owned()),
                _ => next(&token),
            }
        })
        .await;
    assert_eq!(report.logged_out, ["400 invalid_grant"]);
    assert_eq!(report.tokens[0], None);
    assert!(report.tokens[1].is_some());
}

fn tokens(clients: usize) -> Vec<String> {
    vec!["0".to_owned(); clients]
}

fn next(token: &str) -> Outcome {
    Outcome::Refreshed((count(token) + 1).to_string())
}

fn count(token: &str) -> u64 {
    token.parse().expect("tokens are numbers here")
}

const GRACE: Duration = Duration::from_secs(60);
