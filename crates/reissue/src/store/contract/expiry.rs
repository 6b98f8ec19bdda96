//! Deadlines, and what is missing.

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT, done, sid};
use crate::store::{Advance, Advanced, Create, Replaced, Revision, Revoke, Sid, Store};

/// Each advance starts the idle time again, with the length that it names, but never past the
/// absolute expiry.
pub(super) async fn an_advance_extends_the_deadline_up_to_the_expiry(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let expires_at = harness.now().await + LONG * 3;
    fixture
        .given(Create {
            expires_at: Some(expires_at),
            ..fixture.family(sid(1))
        })
        .await;
    let idles = [Some(LONG * 2), Some(LONG), Some(LONG * 9), None, Some(LONG)];
    for (from, idle) in (0..).zip(idles) {
        let advance = Advance {
            idle,
            ..fixture.rotation(sid(1), from, u8::try_from(from).unwrap_or_default())
        };
        assert_eq!(fixture.advance(advance).await, Advanced::Done);
        let record = fixture.record(sid(1)).await;
        let idle_deadline = idle.map_or(expires_at, |idle| record.rotated_at + idle);
        assert_eq!(
            record.deadline,
            Some(idle_deadline.min(expires_at)),
            "with an idle time of {idle:?}"
        );
    }
}

/// A family that is advanced in time lives beyond its first deadline, and not beyond its last.
pub(super) async fn a_family_in_use_outlives_its_first_deadline(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture
        .given(Create {
            idle: Some(SHORT * 4),
            ..fixture.family(sid(1))
        })
        .await;
    fixture
        .given(Create {
            idle: Some(SHORT),
            ..fixture.family(sid(2))
        })
        .await;
    let in_time = Advance {
        idle: Some(SHORT * 8),
        ..fixture.rotation(sid(1), 0, 1)
    };
    assert_eq!(fixture.advance(in_time).await, Advanced::Done);
    harness.pass(SHORT * 5).await;
    assert_eq!(fixture.sids().await, [sid(1)], "past the first deadline");
    let shorter = Advance {
        idle: Some(SHORT),
        ..fixture.rotation(sid(1), 1, 2)
    };
    assert_eq!(fixture.advance(shorter).await, Advanced::Done);
    harness.pass(MORE_THAN_SHORT).await;
    assert_missing(&fixture, sid(1)).await;
}

/// Without idle time and expiry a family has no deadline; an advance can give and take an idle
/// time.
pub(super) async fn a_family_without_deadlines_never_expires(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture
        .given(Create {
            idle: None,
            ..fixture.family(sid(1))
        })
        .await;
    assert_eq!(fixture.record(sid(1)).await.deadline, None);
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    assert!(fixture.record(sid(1)).await.deadline.is_some(), "given");
    let to_no_deadline = Advance {
        idle: None,
        ..fixture.rotation(sid(1), 1, 2)
    };
    assert_eq!(fixture.advance(to_no_deadline).await, Advanced::Done);
    assert_eq!(fixture.record(sid(1)).await.deadline, None, "taken");
}

/// A family that never existed is missing for every method, and reading it does not create it.
pub(super) async fn an_unknown_family_is_missing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    assert_missing(&fixture, sid(1)).await;
    fixture.given(fixture.family(sid(2))).await;
    assert_missing(&fixture, sid(1)).await;
    assert_eq!(fixture.sids().await, [sid(2)]);
}

/// A revoked family is missing for every method, at once.
pub(super) async fn a_revoked_family_is_missing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    fixture.given(fixture.family(sid(2))).await;
    let advance = fixture.rotation(sid(1), 0, 1);
    fixture.advance(advance).await;
    assert_eq!(fixture.revoke(Revoke::One(sid(1))).await, 1);
    assert_eq!(
        fixture.advance(advance).await,
        Advanced::Missing,
        "the attempt that succeeded before does not succeed again"
    );
    assert_missing(&fixture, sid(1)).await;
    assert_eq!(fixture.sids().await, [sid(2)], "others stay");
}

/// A family past its idle deadline or absolute expiry is missing for every method, and nothing
/// revives it.
pub(super) async fn an_expired_family_is_missing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture
        .given(Create {
            idle: Some(SHORT),
            ..fixture.family(sid(1))
        })
        .await;
    fixture
        .given(Create {
            expires_at: Some(harness.now().await + SHORT),
            ..fixture.family(sid(2))
        })
        .await;
    fixture.given(fixture.family(sid(3))).await;
    let advance = Advance {
        idle: Some(SHORT),
        ..fixture.rotation(sid(1), 0, 1)
    };
    fixture.advance(advance).await;
    harness.pass(MORE_THAN_SHORT).await;

    assert_eq!(
        fixture.advance(advance).await,
        Advanced::Missing,
        "the attempt that succeeded before does not succeed again"
    );
    for expired in [sid(1), sid(2)] {
        assert_missing(&fixture, expired).await;
    }
    assert_eq!(fixture.sids().await, [sid(3)], "others stay");
    let revoked = fixture.revoke(Revoke::All).await;
    assert!(
        (1..=3).contains(&revoked),
        "the live one at least: {revoked}"
    );

    assert_eq!(fixture.create(fixture.family(sid(1))).await, done());
    let record = fixture.record(sid(1)).await;
    assert_eq!(record.generation, 0, "created anew, nothing is left over");
}

async fn assert_missing<S>(fixture: &Fixture<S>, sid: Sid)
where
    S: Store,
{
    assert_eq!(fixture.load(sid).await, None, "load");
    let advance = fixture.rotation(sid, 0, 77);
    assert_eq!(fixture.advance(advance).await, Advanced::Missing, "advance");
    let replacement = fixture.replacement(sid, Revision::ORIGINAL, "replaced");
    let replaced = fixture.replace(replacement).await;
    assert_eq!(replaced, Replaced::Missing, "replace");
    assert_eq!(fixture.revoke(Revoke::One(sid)).await, 0, "revoke");
    let sids = fixture.sids().await;
    assert!(!sids.contains(&sid), "sessions: {sids:?}");
    assert_eq!(fixture.load(sid).await, None, "load after all this");
}
