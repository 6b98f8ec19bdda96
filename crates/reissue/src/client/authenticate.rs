//! Authentication of clients by the credentials that they present.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::checks::Checks;
use super::{AuthMethod, AuthenticatedClient, Client, ClientsError, Credentials, ErasedClients};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::guessing::{GuessLimiter, Outcome, SlowChecks};
use crate::secret::ClientSecret;

/// Authenticates clients against a registry.
pub(crate) struct Authenticator {
    clients: Box<dyn ErasedClients>,
    guesses: GuessLimiter,
    slow_checks: SlowChecks,
}

/// A client that was not authenticated.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The credentials prove nothing.
    Denied {
        /// The reason that the client gets.
        denial: Denial,
        /// The reason that the operator gets: the same, or a more precise one.
        reason: Denial,
        /// The client whose id was presented; `None` if the id is not registered.
        claimed: Option<Arc<Client>>,
    },
    /// The registry or a [`SecretVerifier`](super::SecretVerifier) failed.
    Unavailable(ClientsError),
}

impl Authenticator {
    pub(crate) fn new(
        clients: Box<dyn ErasedClients>,
        guesses: GuessLimiter,
        slow_checks: SlowChecks,
    ) -> Self {
        Self {
            clients,
            guesses,
            slow_checks,
        }
    }

    pub(crate) fn clients(&self) -> &dyn ErasedClients {
        &*self.clients
    }

    /// Returns the client that the credentials prove.
    ///
    /// Unknown clients, wrong secrets and disabled clients cost the same work and count as guesses
    /// alike, so that neither the time nor the response distinguishes them.
    ///
    /// # Errors
    ///
    /// `invalid_client` (RFC 6749 §5.2), [`Denial::SecretsBusy`], or a failure of the registry.
    pub(crate) async fn authenticate(
        &self,
        credentials: Credentials,
        now: Timestamp,
    ) -> Result<AuthenticatedClient, Failure> {
        let is_proved = credentials.method != AuthMethod::None;
        let client = self
            .clients
            .find(&credentials.client_id)
            .await
            .map_err(Failure::Unavailable)?;
        let checks = Checks::plan(client.as_deref(), &credentials, self.clients.decoy(), now);
        let forced_denial = checks.forced_denial;
        let proved = match &credentials.secret {
            Some(secret) => self.prove(checks, &credentials, secret, now).await,
            None if credentials.method == AuthMethod::None => Ok(()),
            None => Err(Unproved::because(Denial::SecretWrong)),
        };
        match (proved, forced_denial, client) {
            (Ok(()), None, Some(client)) => Ok(AuthenticatedClient::new(
                client,
                is_proved,
                credentials.address,
            )),
            (Ok(()), forced_denial, claimed) => {
                let denial = forced_denial.unwrap_or(Denial::ClientUnknown);
                Err(Failure::denied(Refused::because(denial), claimed))
            }
            (Err(Unproved::Refused(refused)), forced_denial, claimed) => {
                Err(Failure::denied(refused.with(forced_denial), claimed))
            }
            (Err(Unproved::Unavailable(error)), ..) => Err(Failure::Unavailable(error)),
        }
    }

    /// Checks a secret, unless it was guessed too often (RFC 6749 §2.3.1).
    async fn prove(
        &self,
        checks: Checks,
        credentials: &Credentials,
        secret: &ClientSecret,
        now: Timestamp,
    ) -> Result<(), Unproved> {
        // Before the limit: a generated secret cannot be guessed, so guesses must not lock its
        // client out. With a forced denial even the correct secret is a failure, and counts and
        // costs the same as one.
        if checks.check_fast(secret) && checks.forced_denial.is_none() {
            return Ok(());
        }
        let key = credentials.address.map(|address| {
            let key = (credentials.client_id.as_str(), address.network());
            self.guesses.key(key, 1)
        });
        // Counted before the check: otherwise any number of concurrent guesses would pass.
        let guess = key.map(|key| self.guesses.take([key], now)).transpose();
        let guess = guess.map_err(|wait| {
            Unproved::because(Denial::TooManyGuesses {
                retry_after: retry_after(wait),
            })
        })?;
        let failure = Arc::new(Mutex::new(None));
        let outcome = match checks.purpose() {
            None => Outcome::Wrong,
            Some(purpose) => {
                let secret = secret.clone();
                let noted = failure.clone();
                let check = move || {
                    checks.check_slow(&secret).unwrap_or_else(|error| {
                        *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        false
                    })
                };
                self.slow_checks.run(purpose, check).await
            }
        };
        let failure = failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let is_guess = failure.is_none() && matches!(outcome, Outcome::Withheld | Outcome::Wrong);
        if let Some(guess) = guess
            && !is_guess
        {
            self.guesses.give_back(guess);
        }
        match (outcome, failure) {
            (Outcome::Right, _) => Ok(()),
            // Also for a decoy: the response must not reveal which ids are registered.
            (_, Some(error)) => Err(Unproved::Unavailable(error)),
            (Outcome::Unchecked, None) => Err(Unproved::because(Denial::SecretsBusy)),
            (Outcome::Withheld, None) => Err(Unproved::Refused(Refused {
                denial: Denial::SecretsBusy,
                reason: Denial::SecretWrong,
            })),
            (Outcome::Wrong, None) => Err(Unproved::because(Denial::SecretWrong)),
        }
    }
}

/// Why a secret was not accepted.
enum Unproved {
    Refused(Refused),
    /// The secret could not be verified.
    Unavailable(ClientsError),
}

impl Unproved {
    fn because(denial: Denial) -> Self {
        Self::Refused(Refused::because(denial))
    }
}

/// The reason that the client gets, and the one that the operator gets.
#[derive(Clone, Copy)]
struct Refused {
    denial: Denial,
    reason: Denial,
}

impl Refused {
    fn because(denial: Denial) -> Self {
        Self {
            denial,
            reason: denial,
        }
    }

    /// Returns the same with the forced denial in the place of a wrong secret, as the more precise
    /// reason.
    fn with(self, forced_denial: Option<Denial>) -> Self {
        let better = |denial| match forced_denial {
            Some(forced_denial) if denial == Denial::SecretWrong => forced_denial,
            _ => denial,
        };
        Self {
            denial: better(self.denial),
            reason: better(self.reason),
        }
    }
}

impl Failure {
    fn denied(Refused { denial, reason }: Refused, claimed: Option<Arc<Client>>) -> Self {
        Self::Denied {
            denial,
            reason,
            claimed,
        }
    }
}

/// Rounds up to whole seconds.
fn retry_after(wait: Duration) -> Duration {
    let seconds = wait.as_millis().div_ceil(1_000);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(u64::MAX))
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").finish_non_exhaustive()
    }
}
