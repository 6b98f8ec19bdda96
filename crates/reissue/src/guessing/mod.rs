//! Protection against guessing secrets: how often, and how many checks at once.
//!
//! RFC 6749 §2.3.1 requires that endpoints with client passwords are protected against brute force.
//! A [`Server`] does so at the token, the revocation and the introspection endpoint alike:
//!
//! * Wrong secrets are counted for each client id and [`ClientAddress`] together: 10 are let
//!   through, and then one a minute ([`with_guess_limit`]). Above that the response is `429` with
//!   `Retry-After` and the code `invalid_client`. A secret that a person has chosen is not checked
//!   then. A right generated secret is accepted all the same, because nobody guesses 128 random
//!   bits: so nobody can lock such a client out. Other addresses and other clients are not
//!   affected. Ids that are not registered are counted like any other, so the response does not
//!   tell whether an id is.
//! * Slow hashes are checked [a few at a time](SlowChecks), first come, first served, and for at
//!   most 2 seconds of waiting ([`with_slow_hash_concurrency`], [`with_slow_hash_queue`],
//!   [`with_slow_hash_deadline`]).
//! * Every failed authentication is an [event](crate::event::Event::AuthenticationFailed).
//!
//! # The address
//!
//! The crate sees requests and no connections. The application puts the address into the request's
//! extensions, as a [`ClientAddress`]; [`ClientAddressLayer`] does so for one connection, and
//! `reissue-axum` has a layer that takes it from axum's `ConnectInfo`. **Without an address no
//! guesses are counted**: only the bound on slow hashes applies.
//!
//! Behind a proxy all connections come from the proxy. [`AddressSource`] says where the address is
//! taken from.
//!
//! # The same for logins
//!
//! Applications that check passwords themselves can use the same parts: [`GuessLimiter`] counts
//! guesses, [`SlowChecks`] runs the checks. The token server among the examples does.
//!
//! [`Server`]: crate::Server
//! [`with_guess_limit`]: crate::ServerBuilder::with_guess_limit
//! [`with_slow_hash_concurrency`]: crate::ServerBuilder::with_slow_hash_concurrency
//! [`with_slow_hash_deadline`]: crate::ServerBuilder::with_slow_hash_deadline
//! [`with_slow_hash_queue`]: crate::ServerBuilder::with_slow_hash_queue

mod address;
mod checks;
mod layer;
mod limit;
mod limiter;

pub use self::address::{AddressSource, ClientAddress};
pub use self::checks::{Outcome, Purpose, SlowChecks};
pub use self::layer::{ClientAddressLayer, WithClientAddress};
pub use self::limit::GuessLimit;
pub use self::limiter::{Guess, GuessKey, GuessLimiter};
