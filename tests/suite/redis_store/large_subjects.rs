//! What a subject with very many sessions costs the server, by its own account: no more for each
//! call than one with few.

use std::time::Duration;

use bytes::Bytes;
use reissue::Sid;
use reissue::store::{
    Advance, Attempt, Create, Created, Revision, Revoke, SessionLimit, Store, WhenFull,
};
use reissue_redis::RedisStore;
use reissue_tests::redis::RedisServer;
use reissue_tests::report;

use super::harness::store;
use super::{HOUR, subject};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_sessions_cost_no_call_more_than_a_thousand() {
    let few = Costs::of_subject_with(1_000).await;
    let many = Costs::of_subject_with(100_000).await;
    for ((verb, few), (_, many)) in few.0.into_iter().zip(many.0) {
        report(format_args!(
            "{verb}: {few} µs of 1,000, {many} µs of 100,000"
        ));
        // Work for each session would make it a hundred times as much.
        assert!(many < few.max(10.0) * 10.0, "{verb}: {few} and {many} µs");
    }
}

#[tokio::test]
async fn a_limit_looks_at_no_more_sessions_than_it_allows() {
    let server = RedisServer::start();
    let store = store(&server);
    for number in 0..50 {
        create(&store, number, Some(20)).await;
    }
    // Each login beyond the limit reads as many as the limit allows, once.
    assert_eq!(server.command_stats("hgetall"), 30);
    let key = server.cli(&["KEYS", "*"]);
    assert_eq!(server.cli(&["HLEN", &key]), "20");
    for number in 50..100 {
        create(&store, number, None).await;
    }
    assert_eq!(server.command_stats("hgetall"), 30, "no limit, no search");
    assert_eq!(server.cli(&["HLEN", &key]), "70");
}

#[tokio::test]
async fn a_limit_far_below_what_a_subject_has_is_reached_in_steps() {
    let server = RedisServer::start();
    let store = store(&server);
    create(&store, 0, None).await;
    fill(&server, 5_000);
    let key = server.cli(&["KEYS", "*"]);
    let refuse = Some(SessionLimit {
        max: 20,
        when_full: WhenFull::Refuse,
    });
    let refused = store.create(login(1, refuse)).await.expect("it serves");
    assert!(matches!(refused, Created::Full), "{refused:?}");
    assert_eq!(server.cli(&["HLEN", &key]), "5000");

    let mut logins = 0;
    let mut left = 5_000;
    while left > 1_020 {
        logins += 1;
        let created = store.create(login(logins, evict(20))).await;
        let Created::Done { evicted } = created.expect("it serves") else {
            panic!("the oldest make room");
        };
        // All but those that are as new as the newest twenty of all.
        assert!((950..=1_000).contains(&evicted.len()), "{}", evicted.len());
        left = left + 1 - evicted.len();
        assert_eq!(server.cli(&["HLEN", &key]), left.to_string());
    }
    assert_eq!(server.command_stats("hgetall"), 0, "never all of them");
    create(&store, logins + 1, Some(20)).await;
    assert_eq!(server.cli(&["HLEN", &key]), "20");
    for number in 1..=logins + 1 {
        let loaded = store.load(subject(), sid(number)).await.expect("it serves");
        assert!(loaded.is_some(), "login {number} was not among the oldest");
    }
}

/// Microseconds of a call of each verb.
struct Costs(Vec<(&'static str, f64)>);

impl Costs {
    async fn of_subject_with(sessions: u32) -> Self {
        let server = RedisServer::start();
        let store = store(&server);
        create(&store, 0, None).await;
        fill(&server, sessions);
        let mut costs = Vec::new();
        let mut cursor = None;
        for verb in ["create", "advance", "load", "sessions", "revoke"] {
            let mut cost = f64::INFINITY;
            for batch in 0..BATCHES {
                server.cli(&["CONFIG", "RESETSTAT"]);
                for number in 1..=BATCH {
                    let number = batch * BATCH + number;
                    match verb {
                        "create" => create(&store, number, None).await,
                        "advance" => advance(&store, number).await,
                        "load" => {
                            let loaded = store.load(subject(), sid(number)).await;
                            assert!(loaded.expect("it serves").is_some());
                        }
                        "sessions" => {
                            let page = store.sessions(subject(), cursor, 100).await;
                            cursor = page.expect("it serves").next;
                        }
                        _ => {
                            let one = store.revoke(subject(), Revoke::One(sid(number))).await;
                            assert_eq!(one.expect("it serves"), 1);
                        }
                    }
                }
                cost = cost.min(micros_per_call(&server));
            }
            costs.push((verb, cost));
        }
        for (verb, revoke) in [
            ("revoke all but one", Revoke::AllBut(sid(0))),
            ("revoke all", Revoke::All),
        ] {
            let mut cost = f64::INFINITY;
            for _ in 0..BATCHES {
                create(&store, 0, None).await;
                fill(&server, sessions);
                server.cli(&["CONFIG", "RESETSTAT"]);
                let revoked = store.revoke(subject(), revoke).await;
                assert!(revoked.expect("it serves") >= u64::from(sessions) - 1);
                cost = cost.min(micros_per_call(&server));
            }
            costs.push((verb, cost));
        }
        Self(costs)
    }
}

/// Copies of the only session: as many as if so many had logged in.
fn fill(server: &RedisServer, sessions: u32) {
    let key = server.cli(&["KEYS", "*"]);
    let copy = "local record = redis.call('HRANDFIELD', KEYS[1], 1, 'WITHVALUES')[2] \
        for number = ARGV[1], ARGV[2] do \
          redis.call('HSET', KEYS[1], struct.pack('>c12I4', string.rep('f', 12), number), record) \
        end";
    for first in (1..sessions).step_by(FILLED_AT_ONCE) {
        let last = (first + FILLED_AT_ONCE as u32).min(sessions) - 1;
        server.cli(&[
            "EVAL",
            copy,
            "1",
            &key,
            &first.to_string(),
            &last.to_string(),
        ]);
    }
    assert_eq!(server.cli(&["HLEN", &key]), sessions.to_string());
}

/// What the script took, by the server's statistics. The machine may be busy: the least of several
/// is what it takes.
fn micros_per_call(server: &RedisServer) -> f64 {
    let told = ["evalsha", "eval"].into_iter().find_map(|command| {
        let line = server.info("commandstats", &format!("cmdstat_{command}"))?;
        // A script that is not known yet fails as `EVALSHA`, and runs as `EVAL`.
        let of = |field: &str| {
            line.split(',')
                .find_map(|part| part.strip_prefix(field))?
                .parse::<f64>()
                .ok()
        };
        (of("calls=")? > of("failed_calls=")?).then(|| of("usec_per_call="))?
    });
    told.expect("it was called")
}

async fn create(store: &RedisStore, number: u32, limit: Option<u32>) {
    let create = login(number, limit.and_then(evict));
    let created = store.create(create).await.expect("it serves");
    assert!(matches!(created, Created::Done { .. }), "{created:?}");
}

fn login(number: u32, limit: Option<SessionLimit>) -> Create {
    Create {
        subject: subject(),
        sid: sid(number),
        idle: Some(HOUR),
        expires_at: None,
        details: Bytes::from_static(br#"{"c":"web","p":"openid read write"}"#),
        limit,
    }
}

fn evict(max: u32) -> Option<SessionLimit> {
    Some(SessionLimit {
        max,
        when_full: WhenFull::EvictOldest,
    })
}

async fn advance(store: &RedisStore, number: u32) {
    let advance = Advance {
        subject: subject(),
        sid: sid(number),
        from: 0,
        to: 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes([1; 8]),
        history: Duration::from_secs(60),
        idle: Some(HOUR),
    };
    store.advance(advance).await.expect("it serves");
}

fn sid(number: u32) -> Sid {
    let mut sid = [0; 16];
    sid[..4].copy_from_slice(&number.to_be_bytes());
    Sid::from_bytes(sid)
}

const BATCHES: u32 = 10;
const BATCH: u32 = 30;
const FILLED_AT_ONCE: usize = 10_000;
