//! The placeholder for the session check where the crate is built without servers.

use std::convert::Infallible;

use super::denial::BearerDenial;
use super::token::VerifiedToken;
use crate::clock::Timestamp;
use crate::guessing::ClientAddress;

/// No value of this type exists.
pub(super) enum SessionCheck {}

impl SessionCheck {
    pub(super) fn key(&self, _: &VerifiedToken) -> Option<Infallible> {
        match *self {}
    }

    pub(super) fn cached(&self, _: Infallible, _: Timestamp) -> Option<Result<(), BearerDenial>> {
        match *self {}
    }

    pub(super) async fn look_up(
        &self,
        _: &VerifiedToken,
        _: Option<ClientAddress>,
        _: Infallible,
        _: Timestamp,
    ) -> Result<(), BearerDenial> {
        match *self {}
    }
}
