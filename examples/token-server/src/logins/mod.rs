//! Logins with a password, and the limit on guesses.

mod account;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reissue::guessing::{ClientAddress, GuessLimiter, Outcome};
use reissue::{ClientSecret, Clock as _, SystemClock};
use tracing::{field, info, warn};

use self::account::AccountDigests;
use crate::users::Users;

/// The users and the limit on guesses of their passwords. Clones share both.
#[derive(Clone, Debug)]
pub(crate) struct Logins(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    users: Users,
    guesses: GuessLimiter,
    accounts: AccountDigests,
}

/// The reason why a login failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginError {
    /// Too many are logging in at once.
    Busy,
    /// There were too many guesses; the password was not checked.
    TooMany { wait: Duration },
    /// There is no such user with such a password.
    Wrong,
}

impl Logins {
    pub(crate) fn new(users: Users, guesses: GuessLimiter) -> Self {
        Self(Arc::new(Shared {
            users,
            guesses,
            accounts: AccountDigests::default(),
        }))
    }

    /// Checks a password for a request from that address (RFC 6749 §4.3.2, §10.10). Requests
    /// without one count as if they all had the same.
    ///
    /// Guesses are counted three times over: for one account from one address; ten times as many
    /// for one account from all addresses, so that a guesser elsewhere does not keep the user out
    /// at once; and ten times as many from one address for all accounts. A guess counts before it
    /// is checked, or any number of them could be checked at once; if it was right, it has not
    /// counted.
    pub(crate) async fn check(
        &self,
        name: &str,
        password: ClientSecret,
        address: Option<ClientAddress>,
    ) -> Result<(), LoginError> {
        let Shared { users, guesses, .. } = &*self.0;
        let network: Option<IpAddr> = address.map(ClientAddress::network);
        let keys = [
            guesses.key((name, network), 1),
            guesses.key(name, WIDER),
            guesses.key(network, WIDER),
        ];
        let guess = guesses.take(keys, SystemClock.now()).map_err(|wait| {
            self.report(name, address, "too many wrong passwords");
            LoginError::TooMany { wait }
        })?;
        let outcome = users.authenticate(name, password).await;
        match outcome {
            Outcome::Right => {
                guesses.give_back(guess);
                Ok(())
            }
            Outcome::Unchecked => {
                guesses.give_back(guess);
                self.report(name, address, "too many logins at once");
                Err(LoginError::Busy)
            }
            Outcome::Withheld => {
                self.report(name, address, WRONG);
                Err(LoginError::Busy)
            }
            Outcome::Wrong => {
                self.report(name, address, WRONG);
                Err(LoginError::Wrong)
            }
        }
    }

    /// Logs a login that failed. The name is not logged: people type their passwords
    /// there by mistake.
    fn report(&self, name: &str, address: Option<ClientAddress>, reason: &str) {
        let account = field::display(self.0.accounts.digest(name));
        let address = address.map(field::display);
        if reason == WRONG {
            info!(account, address, reason, "login failed");
        } else {
            warn!(account, address, reason, "login held back");
        }
    }
}

/// The factor by which the limits for one account, and for one address, are wider.
const WIDER: u32 = 10;

const WRONG: &str = "wrong account or password";
