//! Protection against guessing of secrets: limits on wrong guesses and on concurrent checks.
//!
//! RFC 6749 §2.3.1 requires that endpoints with client passwords are protected against brute force.
//! A [`Server`] does so at the token, revocation and introspection endpoints:
//!
//! * Wrong secrets are counted for each client id and [`ClientAddress`] together: 10 are allowed,
//!   and then one a minute ([`with_guess_limit`]). Above that the response is `429` with
//!   `Retry-After` and the code `invalid_client`, and argon2id secrets are not checked. A correct
//!   generated secret is still accepted, because 128 random bits cannot be guessed; so guesses
//!   cannot lock such a client out. Other addresses and other clients are not affected. Ids that
//!   are not registered are counted like any other, so the response does not reveal whether an id
//!   is registered.
//! * Slow hashes are checked [a few at a time](SlowChecks), in the order of arrival, and wait for
//!   at most 2 seconds ([`with_slow_hash_concurrency`], [`with_slow_hash_queue`],
//!   [`with_slow_hash_deadline`]).
//! * Every failed authentication is an [event](crate::event::Event::AuthenticationFailed).
//!
//! # The address
//!
//! The crate handles requests, not connections, so the application has to insert the address into
//! the request's extensions, as a [`ClientAddress`]; [`ClientAddressLayer`] does so for one
//! connection, and `reissue-axum` has a layer that takes it from axum's `ConnectInfo`. **Without an
//! address no guesses are counted**: only the bound on slow hashes applies.
//!
//! Behind a proxy all connections come from the proxy. [`AddressSource`] sets where the address is
//! taken from.
//!
//! # Logins of users
//!
//! Applications that check passwords can use the same parts, as the example `token-server` does:
//! [`GuessLimiter`] counts guesses, and [`SlowChecks`] runs the checks.
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
