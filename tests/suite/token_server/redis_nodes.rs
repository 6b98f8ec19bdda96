//! Many requests for one token at once, at several servers on one Redis.

use std::rc::Rc;

use reissue::store::{Store, SubjectKey};
use reissue_redis::RedisStore;
use reissue_tests::redis::RedisServer;
use reissue_tests::{ISSUER, TestKeys, TestResponse};
use tokio::sync::Barrier;
use tokio::task::{LocalSet, spawn_local};

use super::process::TokenServer;
use super::redis::shared_with;

#[tokio::test]
async fn sixty_four_requests_for_one_token_at_two_servers_are_one_rotation() {
    LocalSet::new().run_until(one_rotation_at(2)).await;
}

#[tokio::test]
async fn sixty_four_requests_for_one_token_at_three_servers_are_one_rotation() {
    LocalSet::new().run_until(one_rotation_at(3)).await;
}

async fn one_rotation_at(count: usize) {
    let redis = RedisServer::start();
    let folder = tempfile::tempdir().unwrap();
    let keys = TestKeys::generate();
    let config = shared_with(&keys, &redis.url(), folder.path());
    let servers: Vec<_> = (0..count)
        .map(|_| Rc::new(TokenServer::with(&config)))
        .collect();
    let login = servers[0].login().await;
    let mut tokens = vec![login.refresh_token().to_owned(); AT_ONCE];
    let family = keys.open(&tokens[0]).secret;
    for round in 1..=ROUNDS {
        // Each client comes with the response that it got in the last round.
        let responses = ask_at_once(&servers, tokens).await;
        tokens = responses
            .iter()
            .map(|response| {
                assert_eq!(response.summary(), "200", "{response:?}");
                response.refresh_token().to_owned()
            })
            .collect();
        for token in &tokens {
            let opened = keys.open(token);
            assert_eq!((opened.generation, &opened.secret), (round, &family));
        }
        assert_eq!(generation(&redis).await, round, "one rotation");
    }
    for server in servers {
        let server = Rc::into_inner(server).expect("nobody asks any more");
        let logged = server.stop("TERM").stderr;
        assert!(!logged.contains("reuse"), "no false alarm: {logged}");
    }
}

/// One request for each token, in turn at each server.
async fn ask_at_once(servers: &[Rc<TokenServer>], tokens: Vec<String>) -> Vec<TestResponse> {
    let barrier = Rc::new(Barrier::new(tokens.len()));
    let asked: Vec<_> = tokens
        .into_iter()
        .zip(servers.iter().cycle())
        .map(|(token, server)| {
            let (server, barrier) = (server.clone(), barrier.clone());
            spawn_local(async move {
                barrier.wait().await;
                server.refresh(&token).await
            })
        })
        .collect();
    let mut responses = Vec::new();
    for response in asked {
        responses.push(response.await.expect("no panic"));
    }
    responses
}

/// That of the only session.
async fn generation(redis: &RedisServer) -> u64 {
    let store = RedisStore::builder(redis.url()).build().unwrap();
    let subject = SubjectKey::derive(ISSUER, "bshaffer");
    let page = store.sessions(subject, None, 9).await.unwrap();
    assert_eq!(page.families.len(), 1);
    page.families[0].1.generation
}

const AT_ONCE: usize = 64;
const ROUNDS: u64 = 5;
