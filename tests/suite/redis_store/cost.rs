//! What the server is asked to do.

use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{Advance, Advanced, Attempt, Create, Revision, Store, SubjectKey};
use reissue_tests::redis::RedisServer;

use super::harness::store;

#[tokio::test]
async fn a_refresh_is_one_evalsha_with_one_key() {
    let server = RedisServer::start();
    let store = store(&server);
    let (subject, sid) = (subject(), Sid::from_bytes([1; 16]));
    create(&store, subject, sid).await;
    advance(&store, subject, sid, 0).await;

    let before = calls(&server);
    for generation in 1..=10 {
        advance(&store, subject, sid, generation).await;
    }
    let asked: Vec<(String, u64)> = calls(&server)
        .into_iter()
        .filter_map(|(command, count)| {
            let so_far = before.iter().find(|(name, _)| *name == command);
            let more = count - so_far.map_or(0, |(_, count)| *count);
            (more > 0 && !OF_THE_TEST.contains(&command.as_str())).then_some((command, more))
        })
        .collect();
    let in_script = |name: &str| (name.to_owned(), 10);
    let mut asked = asked;
    asked.sort();
    assert_eq!(asked, ["evalsha", "hget", "hset", "time"].map(in_script));
}

#[tokio::test]
async fn a_flushed_script_costs_one_eval_and_no_error() {
    let server = RedisServer::start();
    let store = store(&server);
    let (subject, sid) = (subject(), Sid::from_bytes([1; 16]));
    create(&store, subject, sid).await;
    for generation in 0..5 {
        server.cli(&["SCRIPT", "FLUSH"]);
        advance(&store, subject, sid, generation).await;
    }
    let evals = calls(&server).into_iter().find(|(name, _)| name == "eval");
    assert_eq!(evals, Some(("eval".to_owned(), 6)), "one for the create");
}

#[tokio::test]
async fn a_key_goes_with_its_last_family_and_not_before() {
    let server = RedisServer::start();
    let store = store(&server);
    let subject = subject();
    let family = |number, idle: Option<u64>| Create {
        subject,
        sid: Sid::from_bytes([number; 16]),
        idle: idle.map(Duration::from_millis),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    };
    let expires = |server: &RedisServer| -> Vec<i64> {
        let keys = server.cli(&["KEYS", "*"]);
        let ttl = |key| server.cli(&["PTTL", key]).parse().expect("a number");
        keys.lines().map(ttl).collect()
    };
    store.create(family(1, Some(400))).await.expect("it serves");
    assert!(
        (1..=425).contains(&expires(&server)[0]),
        "a sixteenth later"
    );
    store.create(family(2, None)).await.expect("it serves");
    assert_eq!(expires(&server), [-1], "one never expires");
    store.create(family(3, Some(900))).await.expect("it serves");
    assert_eq!(expires(&server), [-1], "still");
    let never = reissue::store::Revoke::One(Sid::from_bytes([2; 16]));
    assert_eq!(store.revoke(subject, never).await.ok(), Some(1));
    assert!((426..=956).contains(&expires(&server)[0]), "the later one");
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    assert!(expires(&server).is_empty(), "nothing is left");
}

async fn create(store: &impl Store, subject: SubjectKey, sid: Sid) {
    let create = Create {
        subject,
        sid,
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(b"details"),
        limit: None,
    };
    store.create(create).await.expect("it serves");
}

async fn advance(store: &impl Store, subject: SubjectKey, sid: Sid, from: u64) {
    let advance = Advance {
        subject,
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes((!from).to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(HOUR),
    };
    let advanced = store.advance(advance).await.expect("it serves");
    assert_eq!(advanced, Advanced::Done);
}

/// How often each command was called.
fn calls(server: &RedisServer) -> Vec<(String, u64)> {
    let statistics = server.cli(&["INFO", "commandstats"]);
    let lines = statistics.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let (count, _) = rest.split_once(',')?;
        Some((name.to_owned(), count.parse().expect("a count")))
    });
    lines.collect()
}

fn subject() -> SubjectKey {
    SubjectKey::derive("https://id.example", "alice")
}

/// Commands of the test.
const OF_THE_TEST: [&str; 2] = ["info", "auth"];
const HOUR: Duration = Duration::from_secs(3_600);
