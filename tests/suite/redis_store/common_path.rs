//! Which advances the short script does alone, and which it leaves to the full one.

use std::time::Duration;

use reissue::Sid;
use reissue::store::{Advance, Advanced, Attempt, Create, Replace, Replaced, Revision, Store};
use reissue_redis::RedisStore;
use reissue_tests::redis::{AGE, RedisServer};

use super::harness::store;
use super::{HOUR, family, rotation, sid};

#[tokio::test]
async fn a_refresh_is_three_commands_whatever_the_number_of_sessions() {
    let given = Given::families(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]).await;
    for from in 0..5 {
        assert_eq!(given.advance(quiet(from)).await, SHORT, "generation {from}");
    }
}

#[tokio::test]
async fn a_burst_takes_the_short_script_and_remembers_its_rotations() {
    let given = Given::family().await;
    for from in 0..12 {
        given.age(5_000);
        assert_eq!(given.advance(rotation(sid(1), from)).await, SHORT);
    }
    let conflict = given.store.advance(rotation(sid(1), 3)).await;
    let Ok(Advanced::Conflict(record)) = conflict else {
        panic!("{conflict:?}");
    };
    let rotations = record.last_rotation.into_iter();
    let rotations: Vec<_> = rotations.chain(record.earlier_rotations).collect();
    let from: Vec<_> = rotations.iter().map(|rotation| rotation.from).collect();
    assert_eq!(from, [11, 10, 9, 8, 7, 6, 5, 4], "without a gap");
    for (fives, rotation) in rotations.iter().enumerate() {
        assert_eq!(rotation.age.as_secs() / 5, fives as u64, "{rotation:?}");
    }
}

#[tokio::test]
async fn rotations_that_are_old_are_dropped_one_by_one_in_a_burst() {
    let given = Given::families(&[]).await;
    let idle = Some(HOUR * 24);
    let create = Create {
        idle,
        ..family(sid(1))
    };
    given.store.create(create).await.expect("it serves");
    for from in 0..20 {
        given.age(20_000);
        let advance = Advance {
            idle,
            ..rotation(sid(1), from)
        };
        assert_eq!(given.advance(advance).await, SHORT);
    }
    let conflict = given.store.advance(rotation(sid(1), 3)).await;
    let Ok(Advanced::Conflict(record)) = conflict else {
        panic!("{conflict:?}");
    };
    let ages = record.earlier_rotations.iter();
    let ages: Vec<_> = ages.map(|rotation| rotation.age.as_secs() / 10).collect();
    assert_eq!(ages, [2, 4], "those of the last minute");
}

#[tokio::test]
async fn more_digits_take_the_short_script() {
    let given = Given::family().await;
    for from in 0..300 {
        assert_eq!(given.advance(quiet(from)).await, SHORT, "generation {from}");
    }
}

#[tokio::test]
async fn a_changed_grant_takes_the_short_script() {
    let given = Given::family().await;
    let revision = given.replace().await;
    let advance = Advance {
        revision,
        ..quiet(0)
    };
    assert_eq!(given.advance(advance).await, SHORT);
    let stale = given.store.advance(quiet(1)).await;
    assert!(matches!(stale, Ok(Advanced::Conflict(_))), "{stale:?}");
}

#[tokio::test]
async fn a_missing_family_takes_the_full_script() {
    let given = Given::family().await;
    let missing = rotation(sid(2), 0);
    assert_eq!(given.costs(missing).await, (Advanced::Missing, FULL));
}

#[tokio::test]
async fn a_conflict_takes_the_full_script_and_the_next_advance_too() {
    let given = Given::family().await;
    assert_eq!(given.advance(quiet(0)).await, SHORT);
    let stale = Advance {
        attempt: Attempt::from_bytes([9; 8]),
        ..quiet(0)
    };
    let (stale, scripts) = given.costs(stale).await;
    assert!(matches!(stale, Advanced::Conflict(record) if record.conflicts == 1));
    assert_eq!(scripts, FULL);
    assert_eq!(given.advance(quiet(1)).await, FULL, "conflicts end");
    assert_eq!(given.generation_and_shared().await, (2, 1));
    assert_eq!(
        given.advance(quiet(2)).await,
        FULL,
        "shared generations end"
    );
    assert_eq!(given.generation_and_shared().await, (3, 0));
    assert_eq!(given.advance(quiet(3)).await, SHORT);
}

#[tokio::test]
async fn an_attempt_that_comes_again_takes_the_full_script() {
    let given = Given::family().await;
    assert_eq!(given.advance(quiet(0)).await, SHORT);
    assert_eq!(given.advance(quiet(0)).await, FULL);
    let same_attempt = Advance {
        attempt: quiet(0).attempt,
        ..quiet(1)
    };
    assert_eq!(given.advance(same_attempt).await, FULL);
    assert_eq!(given.generation_and_shared().await, (1, 0), "nothing moved");
}

#[tokio::test]
async fn an_attempt_of_the_full_script_that_comes_again_moves_nothing() {
    let given = Given::family().await;
    let longer = Advance {
        idle: Some(HOUR * 2),
        ..quiet(0)
    };
    assert_eq!(given.advance(longer).await, FULL);
    assert_eq!(given.advance(longer).await, FULL);
    assert_eq!(given.generation_and_shared().await, (1, 0));
}

#[tokio::test]
async fn a_conflict_in_a_burst_drops_no_rotation() {
    let given = Given::family().await;
    for from in 0..3 {
        given.age(5_000);
        assert_eq!(given.advance(rotation(sid(1), from)).await, SHORT);
    }
    let other = Attempt::from_bytes([9; 8]);
    let stale = Advance {
        attempt: other,
        ..rotation(sid(1), 0)
    };
    for advance in [stale, rotation(sid(1), 3)] {
        given.store.advance(advance).await.expect("it serves");
    }
    let record = given.store.load(super::subject(), sid(1)).await;
    let record = record.expect("it serves").expect("it lives");
    assert_eq!(record.generation, 4, "by the full script");
    let earlier = record.earlier_rotations.iter();
    let from: Vec<_> = earlier.map(|rotation| rotation.from).collect();
    assert_eq!(from, [2, 1, 0]);
}

#[tokio::test]
async fn an_attempt_of_zeros_is_one_of_its_own() {
    let given = Given::family().await;
    let zeros = Advance {
        attempt: Attempt::from_bytes([0; 8]),
        ..quiet(0)
    };
    assert_eq!(given.costs(zeros).await.0, Advanced::Done);
    assert_eq!(given.generation_and_shared().await, (1, 0));
}

#[tokio::test]
async fn another_revision_takes_the_full_script() {
    let given = Given::family().await;
    given.replace().await;
    let (stale, scripts) = given.costs(quiet(0)).await;
    assert!(matches!(stale, Advanced::Conflict(_)), "{stale:?}");
    assert_eq!(scripts, FULL);
}

#[tokio::test]
async fn another_idle_time_takes_the_full_script() {
    let given = Given::family().await;
    let longer = |from| Advance {
        idle: Some(HOUR * 2),
        ..quiet(from)
    };
    assert_eq!(given.advance(longer(0)).await, FULL);
    assert_eq!(given.advance(longer(1)).await, SHORT);
}

#[tokio::test]
async fn skipped_generations_take_the_full_script_at_once() {
    let given = Given::family().await;
    let healing = Advance { to: 3, ..quiet(0) };
    let before = given.commands();
    assert_eq!(given.advance(healing).await, 1);
    assert!(given.commands() - before > 3, "the full one");
    let record = given.store.load(super::subject(), sid(1)).await;
    let record = record.expect("it serves").expect("it lives");
    assert_eq!(record.last_rotation.map(|last| last.from), Some(0));
    assert_eq!(
        given.advance(quiet(3)).await,
        FULL,
        "the last one had skipped"
    );
    assert_eq!(given.advance(quiet(4)).await, SHORT);
}

#[tokio::test]
async fn a_sixteenth_of_the_idle_time_takes_the_full_script_once() {
    let given = Given::family().await;
    assert_eq!(given.advance(quiet(0)).await, SHORT);
    let expires = given.expires();
    given.age(HOUR.as_millis() / 16);
    assert_eq!(given.expires(), expires - HOUR.as_millis() / 16);
    assert_eq!(given.advance(quiet(1)).await, FULL);
    let slack = HOUR.as_millis() + HOUR.as_millis() / 16;
    assert!(given.expires() > expires, "the key lives longer");
    assert!(given.left() <= slack && given.left() > slack - 60_000);
    assert_eq!(given.advance(quiet(2)).await, SHORT);
    assert_eq!(given.advance(quiet(3)).await, SHORT);
}

#[tokio::test]
async fn a_key_is_always_kept_as_long_as_its_session() {
    let given = Given::family().await;
    let mut full = 0;
    for from in 0..64 {
        given.age(HOUR.as_millis() / 40);
        full += u32::from(given.advance(quiet(from)).await == FULL);
        assert!(given.left() > HOUR.as_millis(), "generation {from}");
    }
    assert!((20..=32).contains(&full), "{full} of 64, for 26 sixteenths");
}

#[tokio::test]
async fn an_idle_time_that_is_over_takes_the_full_script_and_finds_nothing() {
    // Another keeps the key.
    let given = Given::families(&[1]).await;
    let longer = Create {
        idle: Some(HOUR * 9),
        ..family(sid(2))
    };
    given.store.create(longer).await.expect("it serves");
    given.age(HOUR.as_millis());
    assert_eq!(given.costs(quiet(0)).await, (Advanced::Missing, FULL));
}

#[tokio::test]
async fn an_absolute_expiry_is_exact_although_the_idle_time_is_not_near() {
    let given = Given::families(&[2]).await;
    let expires_at = reissue::Clock::now(&reissue::SystemClock) + Duration::from_secs(100);
    let create = Create {
        expires_at: Some(expires_at),
        idle: Some(HOUR),
        ..family(sid(1))
    };
    given.store.create(create).await.expect("it serves");
    given.age(50_000);
    assert_eq!(given.advance(quiet(0)).await, SHORT);
    given.age(50_000);
    assert_eq!(given.costs(quiet(1)).await, (Advanced::Missing, FULL));
}

#[tokio::test]
async fn the_end_of_a_burst_takes_the_full_script_once() {
    let given = Given::family().await;
    for from in 0..3 {
        assert_eq!(given.advance(rotation(sid(1), from)).await, SHORT);
    }
    given.age(60_000);
    assert_eq!(given.advance(rotation(sid(1), 3)).await, FULL);
    given.age(60_000);
    assert_eq!(given.advance(rotation(sid(1), 4)).await, SHORT);
}

#[tokio::test]
async fn expired_sessions_are_removed_until_few_are_left() {
    let given = Given::family().await;
    for number in 2..=120 {
        let short = Create {
            idle: Some(HOUR / 60),
            ..family(sid(number))
        };
        given.store.create(short).await.expect("it serves");
    }
    given.age(HOUR.as_millis() / 16);
    let mut full = 0;
    while given.advance(quiet(full)).await == FULL {
        full += 1;
        assert!(full < 120, "it ends");
    }
    let left: u32 = given
        .server
        .cli(&["HLEN", &given.key()])
        .parse()
        .expect("a number");
    assert!(left < 32, "{left} of 120 are left after {full} sweeps");
}

#[tokio::test]
async fn a_clock_that_steps_back_takes_the_full_script() {
    let given = Given::family().await;
    given.age(10_000);
    assert_eq!(given.advance(rotation(sid(1), 0)).await, SHORT);
    // The last rotation lies in the future then.
    given.server.cli(&["EVAL", AGE, "0", "-5000"]);
    assert_eq!(given.advance(rotation(sid(1), 1)).await, FULL);
    let (conflict, _) = given.costs(rotation(sid(1), 0)).await;
    let Advanced::Conflict(record) = conflict else {
        panic!("{conflict:?}");
    };
    assert_eq!(record.earlier_rotations, [], "too far in the future");
}

#[tokio::test]
async fn rotations_out_of_order_take_the_full_script_until_they_are_gone() {
    let given = Given::family().await;
    given.age(10_000);
    assert_eq!(given.advance(rotation(sid(1), 0)).await, SHORT);
    given.server.cli(&["EVAL", AGE, "0", "-1500"]);
    assert_eq!(given.advance(rotation(sid(1), 1)).await, FULL);
    assert_eq!(
        given.advance(rotation(sid(1), 2)).await,
        FULL,
        "still out of order"
    );
    given.age(60_000);
    assert_eq!(given.advance(rotation(sid(1), 3)).await, FULL);
    assert_eq!(given.advance(rotation(sid(1), 4)).await, SHORT);
}

#[tokio::test]
async fn a_record_of_another_version_takes_the_full_script() {
    let given = Given::family().await;
    let spoil = "local f = redis.call('HGETALL', KEYS[1]) \
        redis.call('HSET', KEYS[1], f[1], string.char(192 + string.byte(f[2]) % 64) \
        .. string.sub(f[2], 2))";
    given.server.cli(&["EVAL", spoil, "1", &given.key()]);
    let before = given.scripts();
    assert!(given.store.advance(quiet(0)).await.is_err());
    assert_eq!(given.scripts() - before, FULL);
}

/// A server with sessions of one subject, whose scripts it knows.
struct Given {
    server: RedisServer,
    store: RedisStore,
}

impl Given {
    async fn family() -> Self {
        Self::families(&[1]).await
    }

    async fn families(numbers: &[u8]) -> Self {
        let server = RedisServer::start();
        let store = store(&server);
        // Both scripts: of a session that there is, and of one that there is not.
        for unknown in [rotation(sid(0), 0), rotation(sid(0), 1)] {
            let missing = store.advance(unknown).await;
            assert_eq!(missing.expect("it serves"), Advanced::Missing);
        }
        server.cli(&["CONFIG", "RESETSTAT"]);
        for number in numbers {
            let created = store.create(family(sid(*number))).await;
            created.expect("it serves");
        }
        Self { server, store }
    }

    /// How many scripts an advance took that was done. If one did, it took three commands.
    async fn advance(&self, advance: Advance) -> u64 {
        let before = self.commands();
        let is_short = advance.to == advance.from + 1;
        let (advanced, scripts) = self.costs(advance).await;
        assert_eq!(advanced, Advanced::Done);
        if scripts == SHORT && is_short {
            assert_eq!(self.commands() - before, 3, "HGET, TIME, HSET");
        }
        scripts
    }

    /// What an advance returned, and how many scripts it took.
    async fn costs(&self, advance: Advance) -> (Advanced, u64) {
        let before = self.scripts();
        let advanced = self.store.advance(advance).await.expect("it serves");
        (advanced, self.scripts() - before)
    }

    fn scripts(&self) -> u64 {
        self.server.command_stats("evalsha")
    }

    /// How many commands the scripts of an advance may have called.
    fn commands(&self) -> u64 {
        let statistics = self.server.cli(&["INFO", "commandstats"]);
        let lines = statistics.lines().filter_map(|line| {
            let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            let of_the_test = ["info", "evalsha", "eval"].contains(&name);
            let count: u64 = rest.split(',').next()?.parse().ok()?;
            (!of_the_test).then_some(count)
        });
        lines.sum()
    }

    async fn replace(&self) -> Revision {
        let next = Revision::from_bytes([5; 16]);
        let replace = Replace {
            subject: super::subject(),
            sid: sid(1),
            revision: Revision::ORIGINAL,
            next,
            details: "other details".into(),
        };
        let replaced = self.store.replace(replace).await.expect("it serves");
        assert_eq!(replaced, Replaced::Done);
        next
    }

    async fn generation_and_shared(&self) -> (u64, u8) {
        let record = self.store.load(super::subject(), sid(1)).await;
        let record = record.expect("it serves").expect("it lives");
        (record.generation, record.shared_generations)
    }

    fn age(&self, millis: u128) {
        self.server.cli(&["EVAL", AGE, "0", &millis.to_string()]);
    }

    fn key(&self) -> String {
        self.server.cli(&["KEYS", "*"])
    }

    /// When the key expires, in milliseconds since the epoch.
    fn expires(&self) -> u128 {
        let at = self.server.cli(&["PEXPIRETIME", &self.key()]);
        at.parse().expect("it expires")
    }

    /// Until the key expires, in milliseconds.
    fn left(&self) -> u128 {
        let left = self.server.cli(&["PTTL", &self.key()]);
        left.parse().expect("it expires")
    }
}

/// Of a session that refreshes less often than its rotations are remembered.
fn quiet(from: u64) -> Advance {
    Advance {
        history: Duration::ZERO,
        ..rotation(SESSION, from)
    }
}

const SESSION: Sid = Sid::from_bytes([1; 16]);
/// Scripts of an advance in the common case, and in any other.
const SHORT: u64 = 1;
const FULL: u64 = 2;
