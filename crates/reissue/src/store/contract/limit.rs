//! The limit in `create`.

use super::Harness;
use super::fixture::{Fixture, MORE_THAN_SHORT, SHORT, TICK, at_most, done, sid};
use super::join::join_all;
use crate::store::{Create, Created, Revoke, WhenFull};

/// A subject at its limit gets no further family, and nothing is recorded, until one of its
/// families ends.
pub(super) async fn a_full_subject_gets_no_further_family(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let create = |number| Create {
        limit: at_most(2, WhenFull::Refuse),
        ..fixture.family(sid(number))
    };
    assert_eq!(fixture.create(create(1)).await, done());
    assert_eq!(fixture.create(create(2)).await, done());
    assert_eq!(fixture.create(create(3)).await, Created::Full);
    assert_eq!(fixture.create(create(3)).await, Created::Full, "again");
    assert_eq!(fixture.sids().await, [sid(1), sid(2)]);
    assert_eq!(fixture.load(sid(3)).await, None);
    fixture.revoke(Revoke::One(sid(1))).await;
    assert_eq!(fixture.create(create(3)).await, done(), "room again");
    assert_eq!(fixture.sids().await, [sid(2), sid(3)]);
}

/// A subject at its limit makes room for one more: the family that was rotated longest ago is
/// evicted, which is not the one created first if that one was rotated since.
pub(super) async fn a_full_subject_makes_room_for_one_more(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in [3, 1, 2] {
        fixture.given(fixture.family(sid(number))).await;
        harness.pass(TICK).await;
    }
    fixture.advance(fixture.rotation(sid(3), 0, 1)).await;
    harness.pass(TICK).await;
    let one_more = Create {
        limit: at_most(3, WhenFull::EvictOldest),
        ..fixture.family(sid(4))
    };
    let expected = Created::Done {
        evicted: vec![sid(1)],
    };
    assert_eq!(fixture.create(one_more.clone()).await, expected);
    assert_eq!(fixture.sids().await, [sid(2), sid(3), sid(4)]);
    assert_eq!(fixture.create(one_more).await, done(), "sent twice");
    assert_eq!(fixture.sids().await, [sid(2), sid(3), sid(4)]);
}

/// Of families that were rotated at the same time, the one with the smallest `sid` is evicted
/// first.
pub(super) async fn families_of_one_age_go_by_their_sid(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let create = |number| fixture.create(fixture.family(sid(number)));
    join_all([3, 1, 2, 4].map(create)).await;
    // On a clock that goes on they may differ by a little.
    let records = fixture.listed(10).await.into_iter();
    let mut by_age: Vec<_> = records
        .map(|(sid, record)| (record.rotated_at, sid))
        .collect();
    by_age.sort_unstable();
    for (number, (_, oldest)) in (5..).zip(by_age) {
        let one_more = Create {
            limit: at_most(4, WhenFull::EvictOldest),
            ..fixture.family(sid(number))
        };
        let evicted = vec![oldest];
        let created = fixture.create(one_more).await;
        assert_eq!(created, Created::Done { evicted });
    }
}

/// A lowered limit applies at the next login: as many families are evicted as necessary.
pub(super) async fn a_lowered_limit_holds_at_the_next_create(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in [2, 4, 1, 3] {
        fixture.given(fixture.family(sid(number))).await;
        harness.pass(TICK).await;
    }
    let create = |number, max, when_full| Create {
        limit: at_most(max, when_full),
        ..fixture.family(sid(number))
    };
    let refused = fixture.create(create(5, 2, WhenFull::Refuse)).await;
    assert_eq!(refused, Created::Full);
    assert_eq!(fixture.sids().await.len(), 4, "a refusal ends nothing");

    let made_room = fixture.create(create(5, 2, WhenFull::EvictOldest)).await;
    let Created::Done { mut evicted } = made_room else {
        panic!("not recorded but {made_room:?}");
    };
    evicted.sort_unstable();
    assert_eq!(evicted, [sid(1), sid(2), sid(4)]);
    assert_eq!(fixture.sids().await, [sid(3), sid(5)]);

    fixture.create(create(6, 1, WhenFull::EvictOldest)).await;
    assert_eq!(fixture.sids().await, [sid(6)], "a limit of one");
}

/// Expired families neither count towards the limit nor are reported as evicted.
pub(super) async fn expired_families_do_not_count(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in [1, 2] {
        fixture
            .given(Create {
                idle: Some(SHORT),
                ..fixture.family(sid(number))
            })
            .await;
    }
    harness.pass(MORE_THAN_SHORT).await;
    let create = |number, when_full| Create {
        limit: at_most(2, when_full),
        ..fixture.family(sid(number))
    };
    assert_eq!(fixture.create(create(3, WhenFull::Refuse)).await, done());
    assert_eq!(
        fixture.create(create(4, WhenFull::EvictOldest)).await,
        done()
    );
    assert_eq!(fixture.sids().await, [sid(3), sid(4)]);
}
