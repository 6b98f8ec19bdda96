//! One refresh token, presented by many at once.

use std::time::Duration;

use reissue::Policy;
use reissue_tests::{Endpoint, TestResponse, assert_error, assert_ok};

use crate::refresh_token::{generation, is_current};

/// Presents one token many times at once, from many threads.
async fn at_once(endpoint: &Endpoint, token: &str) -> Vec<TestResponse> {
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(REQUESTS));
    let tasks: Vec<_> = (0..REQUESTS)
        .map(|_| {
            let (endpoint, token, start) = (endpoint.clone(), token.to_owned(), start.clone());
            tokio::spawn(async move {
                start.wait().await;
                endpoint.refresh(&token).await
            })
        })
        .collect();
    let mut responses = Vec::with_capacity(REQUESTS);
    for task in tasks {
        responses.push(task.await.expect("no request panics"));
    }
    responses
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn with_grace_64_concurrent_requests_all_get_one_new_generation() {
    let endpoint = Endpoint::new();
    let mut token = endpoint.login().await.refresh_token().to_owned();
    for round in 1..=ROUNDS {
        endpoint.forget();
        let responses = at_once(&endpoint, &token).await;
        let names = endpoint.events.take_names();
        let count = |name| names.iter().filter(|own| *own == name).count();
        assert_eq!((count("Refreshed"), count("Retried")), (1, REQUESTS - 1));
        assert_eq!(generation(&endpoint).await, round);
        for response in &responses {
            assert_ok(response);
            assert!(is_current(&endpoint, response.refresh_token()).await);
        }
        // Any of them goes on.
        let next = responses[usize::try_from(round).unwrap() % REQUESTS].refresh_token();
        next.clone_into(&mut token);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn without_grace_exactly_one_of_64_concurrent_requests_succeeds() {
    let policy = Policy::builder()
        .with_grace(Duration::ZERO)
        .build()
        .unwrap();
    let endpoint = Endpoint::builder().policy(policy).build();
    for _ in 1..=ROUNDS {
        let login = endpoint.login().await;
        let responses = at_once(&endpoint, login.refresh_token()).await;
        let (good, bad): (Vec<_>, Vec<_>) = responses
            .iter()
            .partition(|response| response.summary() == "200");
        assert_eq!(good.len(), 1);
        for response in bad {
            assert_error(response, 400, "invalid_grant");
        }
        // The others are reuse.
        assert_eq!(endpoint.record("alice").await, None);
    }
}

const REQUESTS: usize = 64;
const ROUNDS: u64 = 20;
