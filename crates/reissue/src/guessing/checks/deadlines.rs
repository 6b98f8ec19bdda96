//! Deadlines without a runtime: one thread sleeps until the next one, and ends after a while
//! without any.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::Reply;
use super::queue::{Queue, Ticket};

/// What ends at which deadline.
#[derive(Default)]
pub(super) struct Deadlines {
    next: BTreeMap<(Instant, u64), Due>,
    /// Whether a thread is watching.
    is_watched: bool,
}

/// What ends at its deadline.
pub(super) enum Due {
    /// A check that waits for its turn.
    Check { reply: Reply },
    /// A decoy without a place.
    Decoy { had_turn: bool, reply: Reply },
    /// A finished check whose outcome, a wrong secret, must be withheld.
    Wrong { reply: Reply },
}

impl Deadlines {
    /// Adds a deadline. If no thread is watching, `watch` must start one; if it cannot, the
    /// deadline is returned.
    pub(super) fn insert(
        &mut self,
        ticket: Ticket,
        due: Due,
        watch: impl FnOnce() -> bool,
    ) -> Result<(), Due> {
        self.is_watched = self.is_watched || watch();
        if !self.is_watched {
            return Err(due);
        }
        self.next.insert((ticket.expires, ticket.number), due);
        Ok(())
    }

    pub(super) fn remove(&mut self, ticket: Ticket) {
        self.next.remove(&(ticket.expires, ticket.number));
    }

    /// Notes that a decoy without a place has reached its turn.
    pub(super) fn note_turn(&mut self, ticket: Ticket) {
        let due = self.next.get_mut(&(ticket.expires, ticket.number));
        if let Some(Due::Decoy { had_turn, .. }) = due {
            *had_turn = true;
        }
    }

    fn pop_due(&mut self, now: Instant) -> Option<(Ticket, Due)> {
        let entry = self.next.first_entry()?;
        let (expires, number) = *entry.key();
        (expires <= now).then(|| (Ticket { number, expires }, entry.remove()))
    }
}

/// Watches the deadlines of a queue on a thread of its own, if the system has one.
pub(super) fn watch(queue: Arc<Queue>) -> bool {
    let thread = thread::Builder::new().name("reissue-deadlines".to_owned());
    thread.spawn(move || expire(&queue)).is_ok()
}

fn expire(queue: &Queue) {
    let mut is_idle = false;
    loop {
        let mut state = queue.lock();
        let now = Instant::now();
        if let Some((ticket, due)) = state.deadlines.pop_due(now) {
            let (reply, outcome) = state.expire(ticket, due);
            // Unlocked first: the reply wakes the application's code.
            drop(state);
            reply.settle(outcome);
            continue;
        }
        let next = state.deadlines.next.first_key_value();
        let until_next = next.map(|((expires, _), _)| expires.saturating_duration_since(now));
        if until_next.is_none() && is_idle {
            state.deadlines.is_watched = false;
            return;
        }
        is_idle = until_next.is_none();
        drop(queue.wait(state, until_next.unwrap_or(IDLE)));
    }
}

/// How long the thread waits for a deadline before it ends.
const IDLE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
