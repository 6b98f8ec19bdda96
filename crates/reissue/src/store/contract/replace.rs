//! `replace`.

use super::Harness;
use super::fixture::{Fixture, SHORT, sid};
use crate::store::{Advance, Advanced, Create, Record, Replaced};

/// A replacement writes the details and adds one to the revision; generation, conflicts, times and deadlines stay.
pub async fn a_replacement_changes_details_and_revision_only(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture
        .given(Create {
            expires_at: Some(harness.now().await + SHORT * 1_000),
            ..fixture.family(sid(1))
        })
        .await;
    fixture.advance(fixture.rotation(sid(1), 0, 1)).await;
    fixture.advance(fixture.rotation(sid(1), 0, 2)).await;
    let held = fixture.record(sid(1)).await;
    harness.pass(SHORT).await;

    for (revision, details) in (0..).zip([&b"other"[..], b"", b"\0\r\n\xff, longer than before"]) {
        let replacement = fixture.replacement(sid(1), revision, details);
        assert_eq!(fixture.replace(replacement).await, Replaced::Done);
        let loaded = fixture.record(sid(1)).await;
        let expected = Record {
            revision: revision + 1,
            details: details.into(),
            since_rotation: loaded.since_rotation,
            ..held.clone()
        };
        assert_eq!(loaded, expected, "after replacement {revision}");
    }

    let of_old_revision = fixture.advance(fixture.rotation(sid(1), 1, 3)).await;
    assert!(matches!(of_old_revision, Advanced::Conflict(_)));
    let of_new_revision = Advance {
        revision: 3,
        ..fixture.rotation(sid(1), 1, 4)
    };
    assert_eq!(fixture.advance(of_new_revision).await, Advanced::Done);
    let record = fixture.record(sid(1)).await;
    assert_eq!((record.generation, record.revision), (2, 3));
}

/// A replacement of another revision changes nothing and answers the record.
pub async fn a_replacement_of_another_revision_is_a_conflict(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let ahead = fixture.replacement(sid(1), 1, "ahead");
    let record = conflict(fixture.replace(ahead).await);
    assert_eq!((record.revision, &record.details[..]), (0, &b"details"[..]));

    fixture.replace(fixture.replacement(sid(1), 0, "one")).await;
    let behind = fixture.replacement(sid(1), 0, "behind");
    let record = conflict(fixture.replace(behind).await);
    assert_eq!((record.revision, &record.details[..]), (1, &b"one"[..]));
    assert_eq!(record.conflicts, 0, "only advances are counted");
    let loaded = fixture.record(sid(1)).await;
    assert_eq!((loaded.revision, &loaded.details[..]), (1, &b"one"[..]));
}

/// The replacement that was the last is done again without effect.
pub async fn a_replacement_sent_twice_takes_effect_once(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    fixture.given(fixture.family(sid(1))).await;
    let replacement = fixture.replacement(sid(1), 0, "one");
    for _ in 0..3 {
        assert_eq!(fixture.replace(replacement.clone()).await, Replaced::Done);
        assert_eq!(fixture.record(sid(1)).await.revision, 1);
    }
    fixture
        .advance(Advance {
            revision: 1,
            ..fixture.rotation(sid(1), 0, 1)
        })
        .await;
    assert_eq!(
        fixture.replace(replacement.clone()).await,
        Replaced::Done,
        "an advance between does not matter"
    );

    let same_details = fixture.replacement(sid(1), 1, "one");
    assert_eq!(fixture.replace(same_details).await, Replaced::Done);
    assert_eq!(
        fixture.record(sid(1)).await.revision,
        2,
        "equal details for the current revision are a new replacement"
    );
    conflict(fixture.replace(replacement).await);
}

fn conflict(replaced: Replaced) -> Record {
    match replaced {
        Replaced::Conflict(record) => record,
        other => panic!("not a conflict but {other:?}"),
    }
}
