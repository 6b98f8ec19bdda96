//! `claim`.

use super::Harness;
use super::fixture::{Fixture, LONG, MORE_THAN_SHORT, SHORT};
use crate::store::{ClaimId, Claimed};

/// The first to claim an id has it; it is free again when its time is up, and not before.
pub async fn an_id_is_claimed_once_until_its_time_is_up(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let brief = ClaimId::derive("code", b"brief");
    let lasting = ClaimId::derive("code", b"lasting");
    assert_eq!(fixture.claim(lasting, LONG).await, Claimed::First);
    assert_eq!(fixture.claim(lasting, SHORT).await, Claimed::Already);
    assert_eq!(fixture.claim(brief, SHORT).await, Claimed::First);
    harness.pass(MORE_THAN_SHORT).await;
    assert_eq!(
        fixture.claim(lasting, LONG).await,
        Claimed::Already,
        "a second claim does not shorten the first"
    );
    assert_eq!(
        fixture.claim(brief, LONG).await,
        Claimed::First,
        "free again"
    );
    assert_eq!(fixture.claim(brief, LONG).await, Claimed::Already);
}

/// A claim that fails does not prolong the one that succeeded.
pub async fn a_claim_that_fails_changes_nothing(harness: &impl Harness) {
    let fixture = Fixture::new(harness).await;
    let id = ClaimId::derive("code", b"value");
    assert_eq!(fixture.claim(id, SHORT).await, Claimed::First);
    // A server that is slow today may be past `SHORT` already.
    if fixture.claim(id, LONG).await == Claimed::Already {
        harness.pass(MORE_THAN_SHORT).await;
        assert_eq!(fixture.claim(id, LONG).await, Claimed::First);
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
        let id = ClaimId::derive(purpose, value);
        assert_eq!(fixture.claim(id, LONG).await, Claimed::First, "{purpose}");
        assert_eq!(fixture.claim(id, LONG).await, Claimed::Already, "{purpose}");
    }
}
