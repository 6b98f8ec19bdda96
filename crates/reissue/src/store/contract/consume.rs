//! `consume` and `is_consumed`.

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT, one_time_id};
use crate::store::{Consume, Consumed, OneTimeId, Store as _};

/// The first caller consumes an id; it is free again when its lifetime has passed, and not before.
pub(super) async fn an_id_is_consumed_once_until_its_time_is_up(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let brief = one_time_id("code", b"brief");
    let lasting = one_time_id("code", b"lasting");
    assert_eq!(fixture.consume(lasting, LONG).await, Consumed::First);
    assert_eq!(fixture.consume(lasting, SHORT).await, Consumed::Already);
    assert_eq!(fixture.consume(brief, SHORT).await, Consumed::First);
    harness.pass(MORE_THAN_SHORT).await;
    assert_eq!(
        fixture.consume(lasting, LONG).await,
        Consumed::Already,
        "a second call does not shorten the first"
    );
    assert_eq!(
        fixture.consume(brief, LONG).await,
        Consumed::First,
        "free again"
    );
    assert_eq!(fixture.consume(brief, LONG).await, Consumed::Already);
}

/// A call that fails does not prolong the one that succeeded.
pub(super) async fn a_consumption_that_fails_changes_nothing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = one_time_id("code", b"value");
    assert_eq!(fixture.consume(id, SHORT).await, Consumed::First);
    // A server that is slow today may be past `SHORT` already.
    if fixture.consume(id, LONG).await == Consumed::Already {
        harness.pass(MORE_THAN_SHORT).await;
        assert_eq!(fixture.consume(id, LONG).await, Consumed::First);
    }
}

/// `is_consumed` returns whether an id is consumed, and consumes nothing.
pub(super) async fn a_look_at_an_id_leaves_it_as_it_is(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let brief = one_time_id("access-token", b"brief");
    let lasting = one_time_id("access-token", b"lasting");
    for id in [brief, lasting] {
        assert!(!fixture.is_consumed(id).await, "nobody has consumed it");
        assert!(!fixture.is_consumed(id).await, "the look has not either");
    }
    assert_eq!(fixture.consume(lasting, LONG).await, Consumed::First);
    assert!(fixture.is_consumed(lasting).await);
    assert!(!fixture.is_consumed(brief).await, "another id is");
    assert_eq!(fixture.consume(brief, SHORT).await, Consumed::First);
    harness.pass(MORE_THAN_SHORT).await;
    assert!(!fixture.is_consumed(brief).await, "its time is up");
    assert!(fixture.is_consumed(lasting).await, "its time is not");
    assert_eq!(fixture.consume(lasting, LONG).await, Consumed::Already);
    assert_eq!(fixture.consume(brief, LONG).await, Consumed::First);
}

/// An id that is consumed as a revocation is consumed like any other, and the second call returns
/// so.
pub(super) async fn a_revocation_consumes_an_id_too(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let consume = Consume {
        id: one_time_id("access-token", b"value"),
        lifetime: LONG,
        is_revocation: true,
    };
    for expected in [Consumed::First, Consumed::Already] {
        assert_eq!(fixture.store.consume(consume).await.ok(), Some(expected));
        assert!(fixture.is_consumed(consume.id).await);
    }
}

/// The same value for another purpose or issuer, and another value for the same purpose, are other
/// ids.
pub(super) async fn ids_are_separate(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for (purpose, value) in [
        ("code", &b"value"[..]),
        ("dpop-jti", b"value"),
        ("code", b"value2"),
        ("code", b""),
        ("codev", b"alue"),
    ] {
        let id = one_time_id(purpose, value);
        assert_eq!(
            fixture.consume(id, LONG).await,
            Consumed::First,
            "{purpose}"
        );
        assert_eq!(
            fixture.consume(id, LONG).await,
            Consumed::Already,
            "{purpose}"
        );
    }
    let elsewhere = OneTimeId::derive("https://other.example", "code", b"value");
    assert_eq!(fixture.consume(elsewhere, LONG).await, Consumed::First);
}
