//! What Redis holds does not grow with what was done to a session.

use std::time::Duration;

use reissue::Denial;
use reissue::store::{Advance, Advanced, Attempt, Revision, Store as _};
use reissue_tests::redis::RedisServer;

use super::HOUR;
use crate::redis_faults::{Fleet, successor};

#[tokio::test]
async fn a_session_is_as_large_after_a_thousand_rotations_as_after_a_few() {
    let (server, fleet) = start();
    let mut token = fleet.login(1).await.remove(0);
    token = fleet.engine.successor(&token).await;
    let after_one = Size::of(&server);
    token = rotated(&fleet, token, MOST_REMEMBERED).await;
    let after_few = Size::of(&server);
    assert!(
        after_few.exceeds(&after_one) <= HISTORY + DIGITS,
        "{after_one:?} {after_few:?}"
    );
    token = rotated(&fleet, token, 1_000).await;
    assert_eq!(fleet.engine.generation_of(&token), 1_008);
    let after_all = Size::of(&server);
    assert!(
        after_all.exceeds(&after_few) <= DIGITS,
        "{after_few:?} {after_all:?}"
    );
    // Memory comes in steps, of which the digits may need one more.
    assert!(
        after_all.bytes <= after_few.bytes + 32,
        "{after_few:?} {after_all:?}"
    );
}

#[tokio::test]
async fn a_session_is_as_small_after_a_burst_as_before() {
    let (server, fleet) = start();
    let first = fleet.engine.login().await;
    let (sid, _) = fleet.engine.only_record().await.expect("it is there");
    let subject = reissue_tests::subject_key();
    let advance = |from, history| Advance {
        subject,
        sid,
        from,
        to: from + 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes([from as u8; 8]),
        history,
        idle: Some(HOUR),
    };
    let store = &fleet.engine.store;
    store.advance(advance(0, HOUR)).await.expect("it serves");
    let before = Size::of(&server);
    assert_eq!(before.encoding, "listpack");
    for from in 1..9 {
        store.advance(advance(from, HOUR)).await.expect("it serves");
    }
    assert_eq!(Size::of(&server).encoding, "hashtable");
    // By now all of them are older than that.
    let rested = store.advance(advance(9, Duration::ZERO)).await;
    assert_eq!(rested.expect("it serves"), Advanced::Done);
    let after = Size::of(&server);
    assert_eq!(after.encoding, "listpack");
    assert!(after.exceeds(&before) <= DIGITS, "{before:?} {after:?}");
    assert!(after.bytes <= before.bytes + 32, "{before:?} {after:?}");
    let left = server.cli(&["PTTL", &server.cli(&["KEYS", "*"])]);
    let left: u128 = left.parse().expect("the key still expires");
    let slack = HOUR.as_millis() / 16;
    assert!(left <= HOUR.as_millis() + slack, "{left} ms");
    let heals = fleet.engine.refresh(&first).await;
    assert_eq!(
        heals.err(),
        Some(Denial::TokenReused),
        "and it is the same session"
    );
}

#[tokio::test]
async fn narrowing_and_retries_add_nothing() {
    let (server, fleet) = start();
    let before = fleet.login(1).await.remove(0);
    let newest = fleet.engine.successor(&before).await;
    let mut newest = rotated(&fleet, newest, MOST_REMEMBERED).await;
    let after_few = Size::of(&server);
    for _ in 0..50 {
        let form = format!("grant_type=refresh_token&refresh_token={newest}&scope=read");
        let narrowed = fleet.engine.post(&form).await;
        assert_eq!(narrowed.summary(), "200");
        assert_eq!(narrowed.text("scope"), "read");
        for _ in 0..3 {
            let again = fleet
                .engine
                .refresh(&newest)
                .await
                .expect("a retry in grace");
            assert_eq!(
                fleet.engine.generation_of(&successor(&again)),
                fleet.engine.generation_of(narrowed.refresh_token())
            );
        }
        narrowed.refresh_token().clone_into(&mut newest);
    }
    assert!(fleet.witness.count("Retried") >= 150);
    let after_all = Size::of(&server);
    // And one of the generations that were presented more than once.
    assert!(
        after_all.exceeds(&after_few) <= DIGITS + 1,
        "{after_few:?} {after_all:?}"
    );
    assert!(
        after_all.bytes <= after_few.bytes + 32,
        "{after_few:?} {after_all:?}"
    );
}

/// The newest token after so many rotations more.
async fn rotated(fleet: &Fleet, mut token: String, times: usize) -> String {
    for _ in 0..times {
        token = fleet.engine.successor(&token).await;
    }
    token
}

fn start() -> (RedisServer, Fleet) {
    let server = RedisServer::start();
    let fleet = Fleet::at(server.url());
    (server, fleet)
}

/// What the only session takes.
#[derive(Debug)]
struct Size {
    record: u64,
    bytes: u64,
    encoding: String,
}

impl Size {
    fn of(server: &RedisServer) -> Self {
        let number = |words: &[&str]| server.cli(words).parse().expect("a number");
        assert_eq!(server.cli(&["DBSIZE"]), "1", "one key for one subject");
        let key = server.cli(&["KEYS", "*"]);
        let sid = server.call(&["HKEYS", &key]).expect("it responds");
        let [reissue_tests::resp::Value::Text(sid)] = sid.elements() else {
            panic!("one field for one session: {sid:?}");
        };
        let words: [&[u8]; 3] = [b"HSTRLEN", key.as_bytes(), sid];
        let record = server.call(&words).expect("it responds");
        Self {
            record: record.text().parse().expect("a number"),
            bytes: number(&["MEMORY", "USAGE", &key]),
            encoding: server.cli(&["OBJECT", "ENCODING", &key]),
        }
    }

    fn exceeds(&self, other: &Self) -> u64 {
        self.record.saturating_sub(other.record)
    }
}

/// A byte more of the generation, and one of the failed advances.
const DIGITS: u64 = 2;

/// How many rotations before the last are remembered while they are young, and the bytes that they
/// take.
const MOST_REMEMBERED: usize = 7;
const HISTORY: u64 = 7 * 6;
