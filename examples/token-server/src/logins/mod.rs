//! Logins with a password: who may guess, how often, and whether the guess is right.

mod guesses;
mod peer;

pub(crate) use self::guesses::Guesses;
pub(crate) use self::peer::Peer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use reissue::{ClientSecret, Denial};

use crate::users::Users;

/// The users, and how often their passwords may be guessed. Clones are the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Logins {
    users: Users,
    guesses: Arc<Guesses>,
}

/// Why nobody was logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginError {
    /// Too many are logging in at once.
    Busy,
    /// It was guessed too often; nothing was checked.
    TooMany { wait: Duration },
    /// There is no such user with such a password.
    Wrong,
}

impl Logins {
    pub(crate) fn new(users: Users, guesses: Guesses) -> Self {
        Self {
            users,
            guesses: Arc::new(guesses),
        }
    }

    /// Checks a password for whoever asks from there.
    ///
    /// The guess counts before it is checked, or any number of them could be checked at once; if it was right, it has not
    /// counted.
    pub(crate) async fn check(
        &self,
        name: &str,
        password: ClientSecret,
        peer: Peer,
    ) -> Result<(), LoginError> {
        let guess = self.guesses.take(name, peer, Instant::now());
        let guess = guess.map_err(|wait| LoginError::TooMany { wait })?;
        match self.users.authenticate(name, password).await {
            Ok(()) => {
                self.guesses.give_back(guess);
                Ok(())
            }
            Err(Denial::GrantRejected) => Err(LoginError::Wrong),
            Err(_) => {
                self.guesses.give_back(guess);
                Err(LoginError::Busy)
            }
        }
    }
}
