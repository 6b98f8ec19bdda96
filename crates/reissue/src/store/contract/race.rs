//! Many callers at once.

use std::collections::BTreeSet;

use super::Harness;
use super::fixture::{Fixture, LONG, at_most, one_time_id, sid};
use super::join::join_all;
use crate::store::{
    Advanced, Consumed, Create, Created, Replaced, Revision, Revoke, Sid, WhenFull,
};

/// Of many advances of one generation exactly one takes effect, and the others are counted one by
/// one.
pub(super) async fn of_concurrent_advances_one_takes_effect(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    for generation in 0..4 {
        let results = join_all((0..CALLERS).map(|attempt| {
            let attempt = attempt + CALLERS * u8::try_from(generation % 2).unwrap_or_default();
            fixture.advance(fixture.rotation(sid(1), generation, attempt))
        }))
        .await;

        let mut done = 0;
        let mut counts = BTreeSet::new();
        for result in results {
            match result {
                Advanced::Done => done += 1,
                Advanced::Conflict(record) => {
                    assert_eq!(record.generation, generation + 1);
                    counts.insert(record.conflicts);
                }
                other => panic!("a live family returned {other:?}"),
            }
        }
        assert_eq!(done, 1, "how many of {CALLERS} advances took effect");
        let expected: BTreeSet<u32> = (1..u32::from(CALLERS)).collect();
        assert_eq!(counts, expected, "each conflict is one count");
        let record = fixture.record(sid(1)).await;
        assert_eq!(record.generation, generation + 1);
        assert_eq!(record.conflicts, u32::from(CALLERS) - 1);
    }
}

/// One advance that is delivered many times at once takes effect once, and every delivery succeeds.
pub(super) async fn concurrent_copies_of_an_advance_are_one(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let advance = fixture.rotation(sid(1), 0, 1);
    let results = join_all((0..CALLERS).map(|_| fixture.advance(advance))).await;
    for result in results {
        assert_eq!(result, Advanced::Done);
    }
    let record = fixture.record(sid(1)).await;
    assert_eq!((record.generation, record.conflicts), (1, 0));
}

/// Of many replacements of one revision exactly one takes effect.
pub(super) async fn of_concurrent_replacements_one_takes_effect(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let results = join_all((0..CALLERS).map(|caller| {
        let replacement = fixture.replacement(sid(1), Revision::ORIGINAL, vec![caller]);
        let result = fixture.replace(replacement);
        async move { (caller, result.await) }
    }))
    .await;
    let mut winners = results
        .into_iter()
        .filter(|(_, result)| *result == Replaced::Done)
        .map(|(caller, _)| caller);
    let winner = winners.next().expect("one replacement takes effect");
    assert_eq!(winners.next(), None, "a second took effect");
    let record = fixture.record(sid(1)).await;
    let revision = Revision::ORIGINAL.next(&[winner]);
    assert_eq!(
        (record.revision, &record.details[..]),
        (revision, &[winner][..])
    );
}

/// Many logins at once never exceed the limit: so many are recorded as there is room for.
pub(super) async fn concurrent_creates_never_exceed_the_limit(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let create = |number| Create {
        limit: at_most(5, WhenFull::Refuse),
        ..fixture.family(sid(number))
    };
    let results = join_all((0..CALLERS).map(|number| fixture.create(create(number)))).await;
    let full = results
        .iter()
        .filter(|result| **result == Created::Full)
        .count();
    assert_eq!(full, usize::from(CALLERS) - 5, "how many were refused");
    assert_eq!(fixture.sids().await.len(), 5);
}

/// Many logins at once that make room end each family once and leave just as many as the limit
/// allows.
pub(super) async fn concurrent_evictions_leave_the_limit(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let create = |number| Create {
        limit: at_most(5, WhenFull::EvictOldest),
        ..fixture.family(sid(number))
    };
    let results = join_all((0..CALLERS).map(|number| fixture.create(create(number)))).await;
    let mut accounted: Vec<Sid> = fixture.sids().await;
    assert_eq!(accounted.len(), 5);
    for result in results {
        match result {
            Created::Done { evicted } => accounted.extend(evicted),
            other => panic!("a create that may evict returned {other:?}"),
        }
    }
    accounted.sort_unstable();
    let everyone: Vec<Sid> = (0..CALLERS).map(sid).collect();
    assert_eq!(accounted, everyone, "each is live or was evicted once");
}

/// Of many creates of one family one is recorded, whole.
pub(super) async fn concurrent_creates_of_one_family_are_one(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let create = |caller: u8| Create {
        details: vec![caller; 100].into(),
        ..fixture.family(sid(1))
    };
    join_all((0..CALLERS).map(|caller| fixture.create(create(caller)))).await;
    assert_eq!(fixture.sids().await, [sid(1)]);
    let details = fixture.record(sid(1)).await.details;
    assert_eq!(details, vec![details[0]; 100], "one caller's details");
}

/// Of many calls for one id exactly one is the first.
pub(super) async fn of_concurrent_consumptions_one_is_first(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = one_time_id("code", b"value");
    let results = join_all((0..CALLERS).map(|_| fixture.consume(id, LONG))).await;
    let first = results
        .iter()
        .filter(|result| **result == Consumed::First)
        .count();
    assert_eq!(first, 1, "how many of {CALLERS} calls were the first");
}

/// An advance that races with a revocation comes before it or finds no family: the family is
/// missing either way, and was revoked once.
pub(super) async fn no_advance_survives_a_revocation(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in 0..8 {
        fixture.given(fixture.family(sid(number))).await;
    }
    let fixture = &fixture;
    let results = join_all((0..CALLERS).map(|caller| async move {
        if caller % 8 == 5 {
            return fixture.revoke(Revoke::All).await;
        }
        let generation = u64::from(caller / 8);
        let rotation = fixture.rotation(sid(caller % 8), generation, caller);
        fixture.advance(rotation).await;
        0
    }))
    .await;
    let revoked: u64 = results.into_iter().sum();
    assert_eq!(revoked, 8, "each family is revoked once");
    assert_eq!(fixture.sids().await, []);
}

const CALLERS: u8 = 32;
