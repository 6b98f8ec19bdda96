//! The queue itself: tickets in the order of arrival, and which of them run.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::deadlines::{Deadlines, Due, watch};
use super::threads::{self, Threads};
use super::{Outcome, Purpose, Reply};

pub(super) type Check = Box<dyn FnOnce() -> bool + Send>;

/// How many checks there may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    concurrency: usize,
    /// Checks that run or wait.
    places: usize,
    /// Decoys among these.
    decoys: usize,
    deadline: Duration,
}

/// The number of a check in the order of arrival, and its deadline.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) expires: Instant,
}

pub(super) struct Queue {
    bounds: Bounds,
    state: Mutex<State>,
    /// Signalled when there is a deadline again.
    changed: Condvar,
    /// Signalled when there is a task for a thread.
    given: Condvar,
}

#[derive(Default)]
pub(super) struct State {
    issued: u64,
    running: usize,
    /// Decoys that run or wait.
    decoys: usize,
    waiting: BTreeMap<u64, Job>,
    /// Decoys without a place. They reach their turn as if they had one, and are skipped.
    placeless: BTreeMap<u64, Ticket>,
    pub(super) deadlines: Deadlines,
    pub(super) threads: Threads,
}

struct Job {
    ticket: Ticket,
    check: Check,
    purpose: Purpose,
    /// Whether it arrived while all places for decoys were taken.
    is_crowded: bool,
    reply: Reply,
}

impl Bounds {
    pub(super) fn new(concurrency: usize, queue: usize, deadline: Duration) -> Self {
        let concurrency = concurrency.max(1);
        let places = concurrency.saturating_add(queue);
        Self {
            concurrency,
            places,
            decoys: (places / 2).max(1),
            deadline,
        }
    }
}

impl Queue {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            state: Mutex::default(),
            changed: Condvar::new(),
            given: Condvar::new(),
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
        let mut state = self.lock();
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
        let mut state = self.lock();
        state.deadlines.remove(ticket);
        state.remove(ticket);
    }

    /// Starts waiting checks in their order, up to the concurrency.
    fn start_waiting(self: &Arc<Self>, state: &mut State) {
        while state.running < self.bounds.concurrency {
            state.skip_placeless();
            let start = || threads::start(self.clone());
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
            self.given.notify_one();
        }
    }

    /// Adds a deadline at which `due` ends; returns it if no thread can be started to watch it.
    fn watch(self: &Arc<Self>, state: &mut State, ticket: Ticket, due: Due) -> Result<(), Due> {
        state
            .deadlines
            .insert(ticket, due, || watch(self.clone()))?;
        self.changed.notify_one();
        Ok(())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for another deadline, for a limited time.
    pub(super) fn wait<'s>(
        &self,
        state: MutexGuard<'s, State>,
        for_at_most: Duration,
    ) -> MutexGuard<'s, State> {
        let waited = self.changed.wait_timeout(state, for_at_most);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Waits for a task, for a limited time; returns whether that time has passed.
    pub(super) fn wait_for_task<'s>(
        &self,
        state: MutexGuard<'s, State>,
        for_at_most: Duration,
    ) -> (MutexGuard<'s, State>, bool) {
        let waited = self.given.wait_timeout(state, for_at_most);
        let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (state, timeout.timed_out())
    }
}

impl State {
    /// Marks the decoys without a place that arrived before all waiting checks as having had their
    /// turn.
    fn skip_placeless(&mut self) {
        let next = self.waiting.first_key_value().map(|(number, _)| *number);
        while let Some(first) = self.placeless.first_entry()
            && next.is_none_or(|next| *first.key() < next)
        {
            self.deadlines.note_turn(first.remove());
        }
    }

    /// Removes a check that waits for its turn.
    fn remove(&mut self, ticket: Ticket) {
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
                let watched = queue.watch(&mut queue.lock(), self.ticket, due);
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
        let mut state = self.queue.lock();
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
