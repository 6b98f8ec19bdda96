//! Large numbers of expired families, and of families and ids.

use super::Harness;
use super::fixture::{Fixture, LONG, SHORT, TICK, at_most, done, nth, one_time_id, sid, subject};
use super::join::join_all;
use crate::store::{
    Advanced, Consumed, Create, Created, Replaced, Revision, Revoke, Sid, Store, WhenFull,
};

/// Expired families are on no page, however many there are and however small the pages, and the
/// pages do not end at them.
pub(super) async fn many_expired_families_are_not_listed(harness: &impl Harness) {
    let fixture = crowded(harness).await;
    for limit in [1, 7, 100, 1_000] {
        let listed = fixture.listed(limit).await;
        let sids: Vec<Sid> = listed.into_iter().map(|(sid, _)| sid).collect();
        assert_eq!(sids, LIVE.map(nth), "in pages of {limit}");
    }
    for expired in [1, 100, 298].map(nth) {
        assert_eq!(fixture.load(expired).await, None);
        let advance = fixture.rotation(expired, 0, 1);
        assert_eq!(fixture.advance(advance).await, Advanced::Missing);
        let replacement = fixture.replacement(expired, Revision::ORIGINAL, "other");
        assert_eq!(fixture.replace(replacement).await, Replaced::Missing);
    }
}

/// Expired families do not count towards the limit, however many there are; a family that is
/// created again does.
pub(super) async fn many_expired_families_do_not_count(harness: &impl Harness) {
    let fixture = crowded(harness).await;
    let create = |sid| Create {
        limit: at_most(4, WhenFull::Refuse),
        ..fixture.family(sid)
    };
    assert_eq!(fixture.create(create(nth(500))).await, done(), "room");
    for refused in [nth(501), nth(298)] {
        let created = fixture.create(create(refused)).await;
        assert_eq!(created, Created::Full, "no more room");
    }
    assert_eq!(
        fixture.sids().await,
        [LIVE[0], LIVE[1], LIVE[2], 500].map(nth)
    );
}

/// Expired families are never returned as evicted, however many there are; the oldest live one is
/// evicted.
pub(super) async fn many_expired_families_are_not_evicted(harness: &impl Harness) {
    let fixture = crowded(harness).await;
    let create = |number| Create {
        limit: at_most(4, WhenFull::EvictOldest),
        ..fixture.family(nth(number))
    };
    assert_eq!(fixture.create(create(500)).await, done(), "room");
    for (number, oldest) in (501..).zip(LIVE) {
        let evicted = vec![nth(oldest)];
        let created = fixture.create(create(number)).await;
        assert_eq!(created, Created::Done { evicted }, "no more room");
    }
    assert_eq!(fixture.sids().await, [500, 501, 502, 503].map(nth));
}

/// Expired families are never revoked by `sid`, and are removed with the others when many are
/// revoked; those of another subject stay.
pub(super) async fn many_expired_families_are_revoked_with_the_others(harness: &impl Harness) {
    let mut fixture = crowded(harness).await;
    let alice = fixture.subject;
    fixture.subject = subject("bob");
    fixture.given(fixture.family(nth(LIVE[0]))).await;
    fixture.subject = alice;

    for expired in [1, 100, 298].map(nth) {
        assert_eq!(fixture.revoke(Revoke::One(expired)).await, 0, "expired");
    }
    let all = LIVE.len() as u64 + EXPIRED as u64;
    let revoked = fixture.revoke(Revoke::AllBut(nth(LIVE[1]))).await;
    assert!((2..all).contains(&revoked), "{revoked} of {all}");
    assert_eq!(fixture.sids().await, [nth(LIVE[1])]);
    let revoked = fixture.revoke(Revoke::AllBut(nth(298))).await;
    assert!((1..all).contains(&revoked), "an expired one is not spared");
    assert_eq!(fixture.sids().await, []);
    assert_eq!(fixture.create(fixture.family(nth(298))).await, done());
    assert_eq!(fixture.record(nth(298)).await.generation, 0, "anew");

    fixture.subject = subject("bob");
    assert_eq!(fixture.sids().await, [nth(LIVE[0])], "of another subject");
}

/// Nothing is dropped to save space: neither the families of many subjects, nor many ids.
pub(super) async fn families_and_ids_of_others_stay(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let fixture = &fixture;
    let named = |number: usize| subject(&format!("subject {number}"));
    let id = |number: usize| one_time_id("code", &number.to_be_bytes());
    each(fixture, MANY, |number| async move {
        let create = Create {
            subject: named(number),
            ..fixture.family(sid(1))
        };
        assert_eq!(fixture.create(create).await, done());
        assert_eq!(fixture.consume(id(number), LONG).await, Consumed::First);
    })
    .await;
    each(fixture, MANY, |number| async move {
        let record = fixture.store.load(named(number), sid(1)).await;
        let record = record.expect("the store serves");
        assert!(record.is_some(), "the family of subject {number}");
        assert!(fixture.is_consumed(id(number)).await, "id {number}");
    })
    .await;
}

/// A subject with hundreds of expired families and, among them, three live ones: one that is older,
/// and two newer.
async fn crowded<H>(harness: &H) -> Fixture<impl Store + use<H>>
where
    H: Harness,
{
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(nth(LIVE[0]))).await;
    harness.pass(TICK).await;
    let expires_at = harness.now().await + SHORT * 2;
    let crowd = &fixture;
    each(crowd, EXPIRED, |index| async move {
        let (idle, expires_at) = match index % 2 {
            0 => (Some(SHORT * 2), None),
            _ => (None, Some(expires_at)),
        };
        let number = index + 1 + usize::from(index + 1 >= LIVE[1]);
        let expired = Create {
            idle,
            expires_at,
            ..crowd.family(nth(number))
        };
        crowd.given(expired).await;
    })
    .await;
    for number in &LIVE[1..] {
        harness.pass(TICK).await;
        fixture.given(fixture.family(nth(*number))).await;
    }
    harness.pass(SHORT * 2).await;
    fixture
}

/// Does it for each number, some at once.
async fn each<'a, S, F>(_: &'a Fixture<S>, count: usize, work: impl Fn(usize) -> F)
where
    F: Future<Output = ()> + Send + 'a,
{
    for from in (0..count).step_by(AT_ONCE) {
        join_all((from..count.min(from + AT_ONCE)).map(&work)).await;
    }
}

/// The live families of a crowded subject: before, among and behind the expired ones.
const LIVE: [usize; 3] = [0, 150, 400];

const EXPIRED: usize = 300;

/// More subjects and ids than a store would keep that keeps a few hundred.
const MANY: usize = 1_000;

/// Few enough that a server on a busy machine serves the last of them in time.
const AT_ONCE: usize = 50;
