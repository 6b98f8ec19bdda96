//! A source of randomness that can run dry.

use std::cell::Cell;

use aws_lc_rs::error::Unspecified;

use super::{ClientSecret, FamilySecret, random};

thread_local! {
    static IS_DRY: Cell<bool> = const { Cell::new(false) };
}

/// What [`random`] asks in tests.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Unspecified> {
    if IS_DRY.get() {
        return Err(Unspecified);
    }
    aws_lc_rs::rand::fill(bytes)
}

/// Calls `f` while this thread gets no randomness.
pub(crate) fn without_randomness<T>(f: impl FnOnce() -> T) -> T {
    IS_DRY.set(true);
    let value = f();
    IS_DRY.set(false);
    value
}

#[test]
fn without_randomness_there_are_no_secrets() {
    without_randomness(|| {
        assert!(random::<1>().is_err());
        assert!(ClientSecret::generate().is_err());
        assert!(FamilySecret::generate().is_err());
    });
    assert!(ClientSecret::generate().is_ok());
}
