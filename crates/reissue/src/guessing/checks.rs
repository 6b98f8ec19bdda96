//! A bounded queue that runs slow hashes on threads of its own.

mod bounds;
mod deadlines;
mod queue;
mod reply;
mod shared;
mod state;
mod threads;
mod watcher;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::bounds::Bounds;
use self::deadlines::Ticket;
use self::queue::Queue;
use self::reply::Reply;

/// A queue for checks of secrets that are slow on purpose. It runs them on threads of its own.
///
/// Threads are started when they are needed, at most `concurrency` of them, and end after ten
/// seconds without a check. No async runtime is needed.
///
/// At most `concurrency` checks run at once, and at most `queue` wait, in the order of arrival. A
/// check that has waited for the `deadline` is not run any more. So a check that was admitted has
/// an outcome within the time of `queue` + 2 checks, or fails at the `deadline`.
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
/// An unknown name must take as long as a wrong secret, so it costs a check too, with the
/// [purpose](Purpose) [`Decoy`](Purpose::Decoy). Decoys have at most half of the places, running
/// ones included; otherwise requests with made-up names could lock all clients out. A decoy above
/// that is not run, and its outcome is [`Withheld`](Outcome::Withheld), at the deadline. A check
/// that arrived while the decoys' places were taken, and found the secret wrong, has the same
/// outcome, so that known and unknown names cannot be distinguished. The outcome for a correct
/// secret is [`Right`](Outcome::Right) at once.
///
/// # Cancel safety
///
/// Dropping the future of a check gives up its place in the queue. A running check keeps its place
/// until it ends; otherwise closing connections would be a way to run more checks at once.
pub struct SlowChecks {
    queue: Arc<Queue>,
}

/// What a check is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Purpose {
    /// To find out whether a secret is correct.
    Decide,
    /// To take the same time as a real check. The secret counts as wrong, whatever the check
    /// returns.
    Decoy,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Outcome {
    /// The secret is correct.
    Right,
    /// The secret was not checked, because too many checks are waiting. Ask the client to try
    /// again, and do not count a guess.
    Unchecked,
    /// The secret is wrong, and the response must not reveal it. Respond as to
    /// [`Unchecked`](Outcome::Unchecked), and count a guess.
    Withheld,
    /// The secret is wrong. Count a guess.
    Wrong,
}

impl SlowChecks {
    /// Returns a queue that runs at most `concurrency` checks at once (at least one); `queue` more
    /// may wait, each for at most `deadline`.
    #[must_use]
    pub fn new(concurrency: usize, queue: usize, deadline: Duration) -> Self {
        let bounds = Bounds::new(concurrency, queue, deadline);
        Self {
            queue: Arc::new(Queue::new(bounds)),
        }
    }

    /// Runs a check on a thread of its own and returns how it ended.
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

/// A place in the queue, which is given up on drop.
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
