//! `revoke`.

use super::Harness;
use super::fixture::{Fixture, sid};
use crate::store::{Revoke, Store};

/// Revoking one family returns 1 if it was live, and 0 from then on.
pub(super) async fn revoking_one_family_ends_just_that(harness: &impl Harness) {
    let fixture = logged_in_three_times(harness).await;
    assert_eq!(fixture.revoke(Revoke::One(sid(2))).await, 1);
    assert_eq!(fixture.sids().await, [sid(1), sid(3)]);
    assert_eq!(fixture.revoke(Revoke::One(sid(2))).await, 0, "again");
    assert_eq!(fixture.revoke(Revoke::One(sid(9))).await, 0, "unknown");
    assert_eq!(fixture.sids().await, [sid(1), sid(3)]);
}

/// Revoking all ends every family of the subject and returns how many.
pub(super) async fn revoking_all_ends_every_family(harness: &impl Harness) {
    let fixture = logged_in_three_times(harness).await;
    assert_eq!(fixture.revoke(Revoke::All).await, 3);
    assert_eq!(fixture.sids().await, []);
    assert_eq!(fixture.revoke(Revoke::All).await, 0, "again");
    fixture.given(fixture.family(sid(4))).await;
    assert_eq!(fixture.sids().await, [sid(4)], "logged in afterwards");
}

/// Revoking all but one spares that one, and ends all if that one does not exist.
pub(super) async fn revoking_all_but_one_spares_that_one(harness: &impl Harness) {
    let fixture = logged_in_three_times(harness).await;
    fixture.advance(fixture.rotation(sid(2), 0, 1)).await;
    assert_eq!(fixture.revoke(Revoke::AllBut(sid(2))).await, 2);
    assert_eq!(fixture.sids().await, [sid(2)]);
    assert_eq!(fixture.record(sid(2)).await.generation, 1, "untouched");
    assert_eq!(fixture.revoke(Revoke::AllBut(sid(2))).await, 0, "again");
    assert_eq!(fixture.revoke(Revoke::AllBut(sid(9))).await, 1, "unknown");
    assert_eq!(fixture.sids().await, []);
}

/// A subject with many families is revoked completely.
pub(super) async fn revoking_reaches_every_family_of_many(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for number in 0..=255 {
        fixture.given(fixture.family(sid(number))).await;
    }
    assert_eq!(fixture.revoke(Revoke::AllBut(sid(255))).await, 255);
    assert_eq!(fixture.revoke(Revoke::All).await, 1);
    assert_eq!(fixture.sids().await, []);
}

async fn logged_in_three_times<H>(harness: &H) -> Fixture<impl Store + use<H>>
where
    H: Harness,
{
    let fixture = Fixture::new(harness).await;
    for number in 1..=3 {
        fixture.given(fixture.family(sid(number))).await;
    }
    fixture
}
