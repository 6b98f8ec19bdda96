//! What Redis holds does not grow with what was done to a session.

use reissue_tests::redis::RedisServer;

use crate::redis_faults::{Fleet, successor};

#[tokio::test]
async fn a_session_is_as_large_after_a_thousand_rotations_as_after_one() {
    let (server, fleet) = start();
    let mut token = fleet.login(1).await.remove(0);
    token = fleet.engine.successor(&token).await;
    let after_one = Size::of(&server);
    for _ in 1..1_000 {
        token = fleet.engine.successor(&token).await;
    }
    assert_eq!(fleet.engine.generation_of(&token), 1_000);
    let after_all = Size::of(&server);
    assert!(
        after_all.exceeds(&after_one) <= DIGITS,
        "{after_one:?} {after_all:?}"
    );
    // Memory comes in steps, of which the digits may need one more.
    assert!(
        after_all.bytes <= after_one.bytes + 32,
        "{after_one:?} {after_all:?}"
    );
}

#[tokio::test]
async fn narrowing_and_retries_add_nothing() {
    let (server, fleet) = start();
    let before = fleet.login(1).await.remove(0);
    let mut newest = fleet.engine.successor(&before).await;
    let after_one = Size::of(&server);
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
    assert!(
        after_all.exceeds(&after_one) <= DIGITS,
        "{after_one:?} {after_all:?}"
    );
    assert!(
        after_all.bytes <= after_one.bytes + 32,
        "{after_one:?} {after_all:?}"
    );
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
}

impl Size {
    fn of(server: &RedisServer) -> Self {
        let number = |words: &[&str]| server.cli(words).parse().expect("a number");
        assert_eq!(server.cli(&["DBSIZE"]), "1", "one key for one subject");
        let key = server.cli(&["KEYS", "*"]);
        let sid = server.call(&["HKEYS", &key]).expect("it answers");
        let [reissue_tests::resp::Value::Text(sid)] = sid.elements() else {
            panic!("one field for one session: {sid:?}");
        };
        let words: [&[u8]; 3] = [b"HSTRLEN", key.as_bytes(), sid];
        let record = server.call(&words).expect("it answers");
        Self {
            record: record.text().parse().expect("a number"),
            bytes: number(&["MEMORY", "USAGE", &key]),
        }
    }

    fn exceeds(&self, other: &Self) -> u64 {
        self.record.saturating_sub(other.record)
    }
}

/// A byte more of the generation, up to three more of the time from login to rotation, and one of the failed advances.
const DIGITS: u64 = 5;
