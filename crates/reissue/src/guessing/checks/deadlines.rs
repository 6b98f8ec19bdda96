//! What ends at which deadline.

use std::collections::BTreeMap;
use std::time::Instant;

use super::reply::Reply;

/// What ends at which deadline.
#[derive(Default)]
pub(super) struct Deadlines {
    pub(super) next: BTreeMap<(Instant, u64), Due>,
    /// Whether a thread is watching.
    pub(super) is_watched: bool,
}

/// The number of a check in the order of arrival, and its deadline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) expires: Instant,
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

    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(Ticket, Due)> {
        let entry = self.next.first_entry()?;
        let (expires, number) = *entry.key();
        (expires <= now).then(|| (Ticket { number, expires }, entry.remove()))
    }
}
