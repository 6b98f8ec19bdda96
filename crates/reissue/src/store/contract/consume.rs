//! `consume`.

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT};
use crate::store::{Consumed, OneTimeId};

/// The first to consume an id has it; it is free again when its time is up, and not before.
pub async fn an_id_is_consumed_once_until_its_time_is_up(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let brief = OneTimeId::derive("code", b"brief");
    let lasting = OneTimeId::derive("code", b"lasting");
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
pub async fn a_consumption_that_fails_changes_nothing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = OneTimeId::derive("code", b"value");
    assert_eq!(fixture.consume(id, SHORT).await, Consumed::First);
    // A server that is slow today may be past `SHORT` already.
    if fixture.consume(id, LONG).await == Consumed::Already {
        harness.pass(MORE_THAN_SHORT).await;
        assert_eq!(fixture.consume(id, LONG).await, Consumed::First);
    }
}

/// The same value for another purpose, and another value for the same purpose, are other ids.
pub async fn ids_are_separate(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    for (purpose, value) in [
        ("code", &b"value"[..]),
        ("dpop-jti", b"value"),
        ("code", b"value2"),
        ("code", b""),
        ("codev", b"alue"),
    ] {
        let id = OneTimeId::derive(purpose, value);
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
}
