//! The checks of a queue: those that wait, in the order of arrival, and how many run.

use std::collections::BTreeMap;

use super::deadlines::{Deadlines, Due, Ticket};
use super::reply::Reply;
use super::threads::Threads;
use super::{Outcome, Purpose};

pub(super) type Check = Box<dyn FnOnce() -> bool + Send>;

#[derive(Default)]
pub(super) struct State {
    pub(super) issued: u64,
    pub(super) running: usize,
    /// Decoys that run or wait.
    pub(super) decoys: usize,
    pub(super) waiting: BTreeMap<u64, Job>,
    /// Decoys without a place. They reach their turn as if they had one, and are skipped.
    pub(super) placeless: BTreeMap<u64, Ticket>,
    pub(super) deadlines: Deadlines,
    pub(super) threads: Threads,
}

pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) check: Check,
    pub(super) purpose: Purpose,
    /// Whether it arrived while all places for decoys were taken.
    pub(super) is_crowded: bool,
    pub(super) reply: Reply,
}

impl State {
    /// Marks the decoys without a place that arrived before all waiting checks as having had their
    /// turn.
    pub(super) fn skip_placeless(&mut self) {
        let next = self.waiting.first_key_value().map(|(number, _)| *number);
        while let Some(first) = self.placeless.first_entry()
            && next.is_none_or(|next| *first.key() < next)
        {
            self.deadlines.note_turn(first.remove());
        }
    }

    /// Removes a check that waits for its turn.
    pub(super) fn remove(&mut self, ticket: Ticket) {
        self.placeless.remove(&ticket.number);
        if let Some(job) = self.waiting.remove(&ticket.number)
            && job.purpose == Purpose::Decoy
        {
            self.decoys -= 1;
        }
    }

    /// Ends what has reached its deadline.
    pub(super) fn expire(&mut self, ticket: Ticket, due: Due) -> (Reply, Outcome) {
        self.remove(ticket);
        match due {
            // A decoy counts as checked only if a real check would have run by now.
            Due::Check { reply }
            | Due::Decoy {
                had_turn: false,
                reply,
            } => (reply, Outcome::Unchecked),
            Due::Decoy {
                had_turn: true,
                reply,
            }
            | Due::Wrong { reply } => (reply, Outcome::Withheld),
        }
    }
}
