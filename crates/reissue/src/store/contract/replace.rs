//! `replace`.

use super::Harness;
use super::fixture::{Fixture, LONG, SHORT, ageless, sid};
use crate::store::{Advance, Advanced, Create, Record, Replaced, Revision};

/// A replacement writes the details and the revision; generation, conflicts, times, rotations and
/// deadlines stay.
pub(super) async fn a_replacement_changes_details_and_revision_only(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture
        .given(Create {
            expires_at: Some(harness.now().await + LONG * 2),
            ..fixture.family(sid(1))
        })
        .await;
    for from in 0..2 {
        fixture
            .advance(fixture.rotation(sid(1), from, from as u8))
            .await;
        fixture.advance(fixture.rotation(sid(1), from, 9)).await;
    }
    let held = ageless(fixture.record(sid(1)).await);
    harness.pass(SHORT).await;

    let mut revision = Revision::ORIGINAL;
    for details in [&b"other"[..], b"", b"\0\r\n\xff, longer than before"] {
        let replacement = fixture.replacement(sid(1), revision, details);
        revision = replacement.next;
        assert_eq!(fixture.replace(replacement).await, Replaced::Done);
        let loaded = fixture.record(sid(1)).await;
        let expected = Record {
            revision,
            details: details.into(),
            ..held.clone()
        };
        assert_eq!(
            ageless(loaded),
            expected,
            "after replacement by {details:?}"
        );
    }

    let of_old_revision = fixture.advance(fixture.rotation(sid(1), 2, 3)).await;
    assert!(matches!(of_old_revision, Advanced::Conflict(_)));
    let of_new_revision = Advance {
        revision,
        ..fixture.rotation(sid(1), 2, 4)
    };
    assert_eq!(fixture.advance(of_new_revision).await, Advanced::Done);
    let record = fixture.record(sid(1)).await;
    assert_eq!((record.generation, record.revision), (3, revision));
}

/// A replacement of another revision changes nothing and returns the record.
pub(super) async fn a_replacement_of_another_revision_is_a_conflict(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let unknown = Revision::ORIGINAL.next(b"unknown");
    let of_unknown = fixture.replacement(sid(1), unknown, "of another revision");
    let record = conflict(fixture.replace(of_unknown).await);
    let original = Revision::ORIGINAL;
    assert_eq!(
        (record.revision, &record.details[..]),
        (original, &b"details"[..])
    );

    let one = fixture.replacement(sid(1), original, "one");
    fixture.replace(one.clone()).await;
    let of_original = fixture.replacement(sid(1), original, "of the revision before");
    let record = conflict(fixture.replace(of_original).await);
    assert_eq!(
        (record.revision, &record.details[..]),
        (one.next, &b"one"[..])
    );
    assert_eq!(record.conflicts, 0, "only advances are counted");
    let loaded = fixture.record(sid(1)).await;
    assert_eq!(
        (loaded.revision, &loaded.details[..]),
        (one.next, &b"one"[..])
    );
}

/// The replacement that was the last is done again without effect, and no replacement before it.
pub(super) async fn a_replacement_sent_twice_takes_effect_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let one = fixture.replacement(sid(1), Revision::ORIGINAL, "one");
    for _ in 0..3 {
        assert_eq!(fixture.replace(one.clone()).await, Replaced::Done);
        assert_eq!(fixture.record(sid(1)).await.revision, one.next);
    }
    fixture
        .advance(Advance {
            revision: one.next,
            ..fixture.rotation(sid(1), 0, 1)
        })
        .await;
    assert_eq!(
        fixture.replace(one.clone()).await,
        Replaced::Done,
        "an advance between does not matter"
    );

    let back = fixture.replacement(sid(1), one.next, "details");
    assert_eq!(fixture.replace(back.clone()).await, Replaced::Done);
    let record = fixture.record(sid(1)).await;
    assert_eq!(
        (record.revision, &record.details[..]),
        (back.next, &b"details"[..]),
        "back to the details that it began with"
    );
    let record = conflict(fixture.replace(one).await);
    assert_eq!(record.details, "details", "a late copy changes nothing");
}

fn conflict(replaced: Replaced) -> Record {
    match replaced {
        Replaced::Conflict(record) => record,
        other => panic!("not a conflict but {other:?}"),
    }
}
