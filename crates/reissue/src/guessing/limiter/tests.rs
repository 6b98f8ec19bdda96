use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn limiter() -> GuessLimiter {
    limiter_of(10, MINUTE)
}

fn limiter_of(guesses: u32, every: Duration) -> GuessLimiter {
    GuessLimiter::new(Some(GuessLimit { guesses, every }))
}

fn take(limiter: &GuessLimiter, key: impl Hash, now: Timestamp) -> Result<Guess<1>, Duration> {
    limiter.take([limiter.key(key, 1)], now)
}

/// How many guesses are let through before one has to wait.
fn spend(limiter: &GuessLimiter, key: impl Hash + Copy, now: Timestamp) -> usize {
    (0..)
        .find(|_| take(limiter, key, now).is_err())
        .expect("there is a limit")
}

#[test]
fn a_guesser_waits_and_may_guess_once_more_each_time() {
    let limiter = limiter();
    assert_eq!(spend(&limiter, "web", NOW), 10);
    assert_eq!(take(&limiter, "web", NOW).unwrap_err(), MINUTE);
    let early = NOW + Duration::from_millis(59_999);
    let left = take(&limiter, "web", early).unwrap_err();
    assert_eq!(left, Duration::from_millis(1));
    assert_eq!(spend(&limiter, "web", NOW + MINUTE), 1);
    assert_eq!(spend(&limiter, "web", NOW + 20 * MINUTE), 10);
}

#[test]
fn guesses_that_wait_do_not_make_the_wait_longer() {
    let limiter = limiter();
    spend(&limiter, "web", NOW);
    for _ in 0..1_000 {
        assert!(take(&limiter, "web", NOW).is_err());
    }
    assert!(take(&limiter, "web", NOW + MINUTE).is_ok());
}

#[test]
fn other_keys_are_not_affected() {
    let limiter = limiter();
    spend(&limiter, ("web", 1), NOW);
    assert!(take(&limiter, ("web", 2), NOW).is_ok());
    assert!(take(&limiter, ("other", 1), NOW).is_ok());
}

#[test]
fn a_guess_counts_for_all_keys_or_none() {
    let limiter = limiter();
    let keys = [limiter.key("alice", 1), limiter.key("everybody", 2)];
    for _ in 0..10 {
        assert!(limiter.take(keys, NOW).is_ok());
    }
    assert!(limiter.take(keys, NOW).is_err(), "alice");
    let bob = [limiter.key("bob", 1), keys[1]];
    for _ in 0..10 {
        assert!(limiter.take(bob, NOW).is_ok());
    }
    let carol = [limiter.key("carol", 1), keys[1]];
    assert!(limiter.take(carol, NOW).is_err(), "everybody");
    assert_eq!(spend(&limiter, "carol", NOW), 10);
}

#[test]
fn a_guess_that_is_given_back_has_not_counted() {
    let limiter = limiter();
    for _ in 0..1_000 {
        let right = take(&limiter, "web", NOW).unwrap();
        limiter.give_back(right);
    }
    assert_eq!(spend(&limiter, "web", NOW), 10);
}

#[test]
fn a_clock_that_steps_back_does_not_lengthen_the_wait() {
    let limiter = limiter();
    spend(&limiter, "web", NOW);
    let before = Timestamp::from_secs(NOW.as_secs() - 3_600);
    assert_eq!(take(&limiter, "web", before).unwrap_err(), MINUTE);
    assert!(take(&limiter, "web", before + MINUTE).is_ok());
}

#[test]
fn without_a_limit_nothing_is_counted() {
    for limiter in [limiter_of(0, MINUTE), limiter_of(10, Duration::ZERO)] {
        for _ in 0..1_000 {
            assert!(take(&limiter, "web", NOW).is_ok());
        }
        assert!(limiter.lock().is_empty());
    }
}

#[test]
fn what_is_remembered_is_bounded_and_the_worst_is_kept() {
    let limiter = limiter();
    spend(&limiter, "web", NOW);
    for turn in 0..40_000 {
        assert!(take(&limiter, turn, NOW).is_ok(), "{turn}");
        assert!(limiter.lock().len() <= ROOM);
    }
    assert!(take(&limiter, "web", NOW).is_err());
}

#[test]
fn to_forget_one_guesser_takes_all_guesses_at_twelve_thousand_other_keys() {
    let limiter = limiter();
    spend(&limiter, "web", NOW);
    for turn in 0..12_000 {
        spend(&limiter, turn, NOW);
    }
    // Room for more is made of what has fewer guesses.
    for turn in 12_000..40_000 {
        assert!(take(&limiter, turn, NOW).is_ok(), "{turn}");
    }
    assert!(limiter.lock().len() <= ROOM);
    assert!(take(&limiter, "web", NOW).is_err());
}

proptest! {
    #[test]
    fn no_key_gets_more_guesses_than_it_may_and_none_waits_for_long(
        steps in prop::collection::vec((0_u8..3, 0_u64..100_000), 1..200),
    ) {
        let limiter = limiter_of(3, MINUTE);
        let mut now = NOW;
        let mut taken: [Vec<Timestamp>; 3] = Default::default();
        for (key, step) in steps {
            now = now + Duration::from_millis(step);
            match take(&limiter, key, now) {
                Ok(_) => taken[usize::from(key)].push(now),
                Err(wait) => {
                    prop_assert!(!wait.is_zero() && wait <= MINUTE);
                    let again = now + wait;
                    now = again;
                    prop_assert!(take(&limiter, key, now).is_ok(), "after the wait it goes on");
                    taken[usize::from(key)].push(now);
                }
            }
        }
        for times in &taken {
            for (first, start) in times.iter().enumerate() {
                for (count, end) in times[first..].iter().enumerate() {
                    let most = 3 + end.since(*start).as_millis() / MINUTE.as_millis();
                    prop_assert!((count as u128) < most, "{count} in {:?}", end.since(*start));
                }
            }
        }
    }

    #[test]
    fn whatever_is_guessed_there_is_a_bound_on_what_is_remembered(
        seed in any::<u64>(),
        wide in 1_u64..60_000,
        step in 0_u64..50,
    ) {
        let limiter = limiter();
        let mut state = seed;
        for turn in 0..20_000 {
            // A generator of Knuth's, for keys that repeat in no order.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let now = NOW + Duration::from_millis(turn * step);
            let _ = take(&limiter, (state >> 33) % wide, now).is_ok();
        }
        prop_assert!(limiter.lock().len() <= ROOM);
    }
}
