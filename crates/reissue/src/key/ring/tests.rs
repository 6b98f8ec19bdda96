use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::key::{KeyError, SymmetricKey};

const T: Timestamp = Timestamp::from_secs(1_800_000_000);
const DAY: Duration = Duration::from_secs(86_400);

fn just_before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_millis() - 1)
}

/// The key whose bytes are all this one.
fn key(byte: u8) -> SymmetricKey {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let bytes = BASE64_URL_SAFE_NO_PAD.encode([byte; 32]);
    SymmetricKey::from_paserk(&format!("k4.local.{bytes}")).unwrap()
}

fn active(ring: &KeyRing<SymmetricKey>, now: Timestamp) -> &str {
    ring.active_at(now).key_id()
}

fn at(ring: &KeyRing<SymmetricKey>, now: Timestamp) -> Vec<&str> {
    ring.iter_at(now).map(SymmetricKey::key_id).collect()
}

#[test]
fn the_latest_key_whose_time_has_come_is_active() {
    let [first, second, third] = [1, 2, 3].map(key);
    let ring = |keys: [(&SymmetricKey, Timestamp); 2]| {
        let [one, other] = keys.map(|(key, used_from)| (key.clone(), used_from));
        KeyRing::new(first.clone())
            .with_used_from(one.0, one.1)
            .and_then(|ring| ring.with_used_from(other.0, other.1))
            .unwrap()
    };
    for ring in [
        ring([(&second, T), (&third, T + DAY)]),
        ring([(&third, T + DAY), (&second, T)]),
    ] {
        // A clock may step back: what was active then is active again.
        for (now, expected) in [
            (Timestamp::default(), &first),
            (just_before(T), &first),
            (T, &second),
            (just_before(T + DAY), &second),
            (T + DAY, &third),
            (Timestamp::from_millis(u64::MAX), &third),
            (T, &second),
            (just_before(T), &first),
        ] {
            assert_eq!(active(&ring, now), expected.key_id(), "{now:?}");
        }
    }
}

#[test]
fn a_key_opens_before_it_is_used_and_after() {
    let [old, new, retired] = [1, 2, 3].map(key);
    let ring = KeyRing::new(old.clone())
        .with_used_from(new.clone(), T)
        .and_then(|ring| ring.with_retired(retired.clone()))
        .unwrap();
    let [old, new, retired] = [&old, &new, &retired].map(SymmetricKey::key_id);
    assert_eq!(at(&ring, just_before(T)), [old, new, retired]);
    assert_eq!(at(&ring, T), [new, old, retired]);
    assert!([old, new, retired].iter().all(|id| ring.find(id).is_some()));
    let ids: Vec<_> = ring.iter().map(SymmetricKey::key_id).collect();
    assert_eq!(ids, [old, new, retired]);
}

#[test]
fn a_retired_key_is_never_active() {
    let [used, retired, until] = [1, 2, 3].map(key);
    let ring = KeyRing::new(used.clone())
        .with_retired(retired)
        .and_then(|ring| ring.with_retired_until(until.clone(), T))
        .unwrap();
    for now in [Timestamp::default(), just_before(T), T, T + DAY] {
        assert_eq!(active(&ring, now), used.key_id());
        assert_eq!(at(&ring, now).contains(&until.key_id()), now < T);
    }
}

/// Its end has come before the successor is used: the first key goes on until then.
#[test]
fn a_key_that_ends_before_the_next_one_is_used_leaves_no_gap() {
    let [first, ended, next] = [1, 2, 3].map(key);
    let ring = KeyRing::new(first.clone())
        .with_retired_until(ended, T)
        .and_then(|ring| ring.with_used_from(next.clone(), T + DAY))
        .unwrap();
    assert_eq!(at(&ring, T), [first.key_id(), next.key_id()]);
    assert_eq!(active(&ring, T + DAY), next.key_id());
}

#[test]
fn the_same_time_or_key_twice_is_rejected() {
    let [first, second, third] = [1, 2, 3].map(key);
    let ring = KeyRing::new(first.clone())
        .with_used_from(second.clone(), T)
        .unwrap();
    let error = ring.clone().with_used_from(third.clone(), T).unwrap_err();
    assert!(matches!(&error, KeyError::SameTime { key_id } if key_id == third.key_id()));
    for known in [first, second] {
        for again in [
            ring.clone().with_used_from(known.clone(), T + DAY),
            ring.clone().with_retired(known.clone()),
            ring.clone().with_retired_until(known.clone(), T + DAY),
        ] {
            assert!(matches!(again, Err(KeyError::Duplicate { .. })));
        }
    }
}

#[test]
fn turning_the_keys_leaves_their_times() {
    let [first, next, retired] = [1, 2, 3].map(key);
    let ring = KeyRing::new(first.clone())
        .with_used_from(next.clone(), T)
        .and_then(|ring| ring.with_retired_until(retired, T + DAY))
        .unwrap()
        .map(|key| key.key_id().to_owned());
    assert_eq!(ring.active_at(just_before(T)), first.key_id());
    assert_eq!(ring.active_at(T), next.key_id());
    assert_eq!(ring.iter_at(just_before(T + DAY)).count(), 3);
    assert_eq!(ring.iter_at(T + DAY).count(), 2);
    let failed = ring.try_map(|id| if id == next.key_id() { Err(()) } else { Ok(id) });
    failed.unwrap_err();
}

mod schedules {
    use super::*;

    #[test]
    fn without_times_the_first_key_is_used_and_the_others_only_open() {
        let [new, old] = [2, 1].map(key);
        let ring = KeyRing::from_schedule([(new.clone(), None), (old.clone(), None)], T).unwrap();
        assert_eq!(at(&ring, T), [new.key_id(), old.key_id()]);
        assert_eq!(active(&ring, T + DAY), new.key_id());
    }

    #[test]
    fn keys_without_a_time_are_older_than_all_others_wherever_they_stand() {
        let [first, second, timed] = [1, 2, 3].map(key);
        let untimed = [(first.clone(), None), (second, None)];
        let timed = (timed.clone(), Some(T));
        for place in 0..=2 {
            let mut keys = untimed.to_vec();
            keys.insert(place, timed.clone());
            let ring = KeyRing::from_schedule(keys, T).unwrap();
            assert_eq!(active(&ring, just_before(T)), first.key_id());
            assert_eq!(active(&ring, T), timed.0.key_id());
        }
    }

    #[test]
    fn the_earliest_time_must_have_come_if_every_key_has_one() {
        let [earlier, later] = [1, 2].map(key);
        let keys = [(later.clone(), Some(T + DAY)), (earlier.clone(), Some(T))];
        let error = KeyRing::from_schedule(keys.clone(), just_before(T)).unwrap_err();
        assert!(matches!(&error, KeyError::NotYetUsed { key_id } if key_id == earlier.key_id()));
        let ring = KeyRing::from_schedule(keys, T).unwrap();
        assert_eq!(active(&ring, T), earlier.key_id());
        assert_eq!(active(&ring, T + DAY), later.key_id());
        // There is something to seal with, also after the clock has stepped back.
        assert_eq!(active(&ring, just_before(T)), earlier.key_id());
    }

    #[test]
    fn what_is_no_schedule_is_rejected() {
        let refused = |keys: Vec<_>| KeyRing::<SymmetricKey>::from_schedule(keys, T).unwrap_err();
        assert!(matches!(refused(vec![]), KeyError::Empty));
        let [one, two, three] = [1, 2, 3].map(key);
        for same in [T, T + DAY] {
            let first = (three.clone(), None);
            let pair = [(one.clone(), Some(same)), (two.clone(), Some(same))];
            let with_first = pair.iter().cloned().chain([first]).collect();
            for keys in [pair.to_vec(), with_first] {
                assert!(matches!(refused(keys), KeyError::SameTime { .. }));
            }
        }
        for time in [None, Some(T)] {
            let keys = vec![(one.clone(), None), (one.clone(), time)];
            assert!(matches!(refused(keys), KeyError::Duplicate { .. }));
        }
    }
}

/// A schedule whose times differ, and of which one key at least is used at zero.
fn schedule() -> impl Strategy<Value = Vec<(SymmetricKey, Option<Timestamp>)>> {
    prop::collection::vec(prop::option::of(0..10_u64), 1..5)
        .prop_map(|times| {
            let mut seen = BTreeSet::new();
            let times = times
                .into_iter()
                .filter(|time| time.is_none_or(|time| seen.insert(time)));
            let keys = (1..).map(key);
            keys.zip(times.map(|time| time.map(Timestamp::from_millis)))
                .collect()
        })
        .prop_filter(
            "a key for the start",
            |keys: &Vec<(_, Option<Timestamp>)>| {
                keys.iter()
                    .any(|(_, time)| time.is_none_or(|time| time == Timestamp::default()))
            },
        )
}

proptest! {
    #[test]
    fn the_choice_is_that_of_the_rule(keys in schedule(), now in 0..11_u64) {
        let now = Timestamp::from_millis(now);
        let ring = KeyRing::from_schedule(keys.clone(), Timestamp::default()).unwrap();
        let come = keys.iter().filter(|(_, used_from)| *used_from <= Some(now));
        // Of equals, `max_by_key` takes the last, and the rule the first.
        let (expected, _) = come.rev().max_by_key(|(_, used_from)| *used_from).unwrap();
        prop_assert_eq!(active(&ring, now), expected.key_id());
    }

    #[test]
    fn every_key_opens_once_and_the_active_one_first(keys in schedule(), now in 0..11_u64) {
        let now = Timestamp::from_millis(now);
        let ring = KeyRing::from_schedule(keys.clone(), Timestamp::default()).unwrap();
        let mut opening = at(&ring, now);
        prop_assert_eq!(opening[0], active(&ring, now));
        let mut all: Vec<_> = keys.iter().map(|(key, _)| key.key_id()).collect();
        opening.sort_unstable();
        all.sort_unstable();
        prop_assert_eq!(opening, all);
    }
}
