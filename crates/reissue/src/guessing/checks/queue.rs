//! The queue itself: which checks are admitted, and which of them run.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use super::bounds::Bounds;
use super::deadlines::{Due, Ticket};
use super::reply::Reply;
use super::shared::Shared;
use super::state::{Check, Job, State};
use super::{Outcome, Purpose, watcher, worker};

pub(super) struct Queue {
    bounds: Bounds,
    shared: Arc<Shared>,
}

impl Queue {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            shared: Arc::default(),
        }
    }

    /// Adds a check; returns `None` if there is no place.
    pub(super) fn enter(
        self: &Arc<Self>,
        purpose: Purpose,
        check: Check,
        reply: Reply,
    ) -> Option<Ticket> {
        let now = Instant::now();
        let mut state = self.shared.lock();
        // The same for decoys and others, so that a full queue reveals nothing about a name.
        if state.running + state.waiting.len() >= self.bounds.places {
            return None;
        }
        state.issued += 1;
        let ticket = Ticket {
            number: state.issued,
            expires: now + self.bounds.deadline,
        };
        let is_crowded = state.decoys >= self.bounds.decoys;
        if is_crowded && purpose == Purpose::Decoy {
            let had_turn = false;
            self.watch(&mut state, ticket, Due::Decoy { had_turn, reply })
                .ok()?;
            state.placeless.insert(ticket.number, ticket);
            self.start_waiting(&mut state);
            return Some(ticket);
        }
        if purpose == Purpose::Decoy {
            state.decoys += 1;
        }
        let job = Job {
            ticket,
            check,
            purpose,
            is_crowded,
            reply: reply.clone(),
        };
        state.waiting.insert(ticket.number, job);
        self.start_waiting(&mut state);
        if state.waiting.contains_key(&ticket.number) {
            let is_watched = self.watch(&mut state, ticket, Due::Check { reply });
            // Without a watching thread, a check waits longer than its deadline, but a running
            // thread will reach it.
            if is_watched.is_err() && state.threads.is_empty() {
                state.remove(ticket);
                return None;
            }
        }
        Some(ticket)
    }

    /// Removes a check from the queue. A running check continues.
    pub(super) fn leave(&self, ticket: Ticket) {
        let mut state = self.shared.lock();
        state.deadlines.remove(ticket);
        state.remove(ticket);
    }

    /// Starts waiting checks in their order, up to the concurrency.
    fn start_waiting(self: &Arc<Self>, state: &mut State) {
        while state.running < self.bounds.concurrency {
            state.skip_placeless();
            let start = || worker::start(self.shared.clone());
            if state.waiting.is_empty() || !state.threads.find_one(start) {
                return;
            }
            let Some((_, job)) = state.waiting.pop_first() else {
                return;
            };
            state.deadlines.remove(job.ticket);
            state.running += 1;
            let turn = Turn {
                queue: self.clone(),
                purpose: job.purpose,
                reply: job.reply.clone(),
            };
            state.threads.give(Box::new(move || job.run(turn)));
            self.shared.given.notify_one();
        }
    }

    /// Adds a deadline at which `due` ends; returns it if no thread can be started to watch it.
    fn watch(&self, state: &mut State, ticket: Ticket, due: Due) -> Result<(), Due> {
        state
            .deadlines
            .insert(ticket, due, || watcher::start(self.shared.clone()))?;
        self.shared.changed.notify_one();
        Ok(())
    }
}

impl Job {
    fn run(self, turn: Turn) {
        let right = (self.check)();
        let queue = turn.queue.clone();
        // Freed before the outcome is set, so that a caller who then tries again at once finds the
        // place free.
        drop(turn);
        let outcome = match self.purpose {
            Purpose::Decide if right => Outcome::Right,
            Purpose::Decide if self.is_crowded => {
                let due = Due::Wrong { reply: self.reply };
                let watched = queue.watch(&mut queue.shared.lock(), self.ticket, due);
                if let Err(Due::Wrong { reply }) = watched {
                    reply.settle(Outcome::Withheld);
                }
                return;
            }
            Purpose::Decide | Purpose::Decoy => Outcome::Wrong,
        };
        self.reply.settle(outcome);
    }
}

/// The right to run, which passes to the next check on drop, even after a panic.
struct Turn {
    queue: Arc<Queue>,
    purpose: Purpose,
    reply: Reply,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.queue.shared.lock();
        state.running -= 1;
        state.threads.note_free();
        if self.purpose == Purpose::Decoy {
            state.decoys -= 1;
        }
        self.queue.start_waiting(&mut state);
        drop(state);
        if thread::panicking() {
            self.reply.clone().settle(Outcome::Unchecked);
        }
    }
}
