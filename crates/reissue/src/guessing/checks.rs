//! Slow hashes off the async threads: a few at a time, first come, first served, and not for ever.

mod deadlines;
mod queue;
mod reply;
mod threads;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::queue::{Bounds, Queue, Ticket};
use self::reply::Reply;

/// Runs checks of secrets that are slow on purpose, on threads of their own.
///
/// The threads are started when they are needed, at most `concurrency` of them, and end when there
/// has been nothing to check for ten seconds. No async runtime is involved.
///
/// At most `concurrency` run at once, and at most `queue` wait, in the order in which they came.
/// One that has waited for the `deadline` is not run any more. So whoever is let in is served
/// within the time of `queue` + 2 checks, or knows after `deadline` that it was not.
///
/// ```
/// use std::time::Duration;
/// use reissue::ClientSecret;
/// use reissue::client::SecretHash;
/// use reissue::guessing::{Outcome, Purpose, SlowChecks};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let checks = SlowChecks::new(2, 64, Duration::from_secs(2));
/// let hash = SecretHash::sha256("wonderland");
/// let password = ClientSecret::new("wonderland");
/// let outcome = checks.run(Purpose::Decide, move || hash.verify(&password)).await;
/// assert_eq!(outcome, Outcome::Right);
/// # }
/// ```
///
/// # Decoys
///
/// A name that is not known must take as long as a wrong secret, so it costs a check too, with the
/// [purpose](Purpose) to be slow. Such decoys have at most half of the places, those that run
/// included, or made-up names could keep everybody out. One above that is not run, and its outcome
/// is [`Withheld`](Outcome::Withheld), at the deadline. So is that of a check that came while the
/// decoys' places were taken and found the secret wrong: a name that is known cannot be told from
/// one that is not. A right secret is [`Right`](Outcome::Right) at once.
///
/// # Cancel safety
///
/// Dropping the future of a check gives up its place among those that wait. A check that runs keeps
/// its place until it ends: otherwise hanging up would be a way to run more of them at once.
pub struct SlowChecks {
    queue: Arc<Queue>,
}

/// What a check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Purpose {
    /// To find out whether a secret is right.
    Decide,
    /// To be as slow as the other kind: the secret is wrong, whatever the check returns.
    Decoy,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Outcome {
    /// The secret is right.
    Right,
    /// The secret was not checked, because too many checks are waiting. Respond that it should be
    /// tried again, and do not count it as a guess.
    Unchecked,
    /// The secret is wrong, and the response must not say so. Respond as to
    /// [`Unchecked`](Outcome::Unchecked), and count it as a guess.
    Withheld,
    /// The secret is wrong. Count it as a guess.
    Wrong,
}

impl SlowChecks {
    /// Returns a queue for checks: at most `concurrency` at once, and at least one; `queue` more
    /// may wait, each for at most `deadline`.
    #[must_use]
    pub fn new(concurrency: usize, queue: usize, deadline: Duration) -> Self {
        let bounds = Bounds::new(concurrency, queue, deadline);
        Self {
            queue: Arc::new(Queue::new(bounds)),
        }
    }

    /// Runs a check on a thread where it may take its time.
    pub async fn run(
        &self,
        purpose: Purpose,
        check: impl FnOnce() -> bool + Send + 'static,
    ) -> Outcome {
        let reply = Reply::default();
        let Some(ticket) = self.queue.enter(purpose, Box::new(check), reply.clone()) else {
            return Outcome::Unchecked;
        };
        let place = Place {
            queue: &self.queue,
            ticket,
        };
        let outcome = reply.outcome().await;
        drop(place);
        outcome
    }
}

impl fmt::Debug for SlowChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlowChecks").finish_non_exhaustive()
    }
}

/// A place in the queue that is left when nobody waits for the outcome any more.
struct Place<'q> {
    queue: &'q Arc<Queue>,
    ticket: Ticket,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.queue.leave(self.ticket);
    }
}

#[cfg(test)]
mod tests;
