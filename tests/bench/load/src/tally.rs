//! What all sessions have met so far.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;

/// What all sessions have met so far.
#[derive(Debug)]
pub(crate) struct Tally {
    counts: Mutex<Counts>,
}

#[derive(Clone, Debug)]
pub(crate) struct Counts {
    /// Only what was due from then on is measured. Errors count always.
    pub(crate) measured_from: Option<Instant>,
    /// In nanoseconds.
    pub(crate) latencies: Histogram<u64>,
    /// Before the measurement as well.
    pub(crate) answered: u64,
    pub(crate) errors: BTreeMap<String, u64>,
    pub(crate) lost: u64,
    pub(crate) refused: u64,
    pub(crate) retries: u64,
    pub(crate) reconnects: u64,
    pub(crate) unsent: u64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let latencies = Histogram::new_with_bounds(1, LONGEST, SIGNIFICANT_DIGITS);
        Self {
            counts: Mutex::new(Counts {
                measured_from: None,
                latencies: latencies.expect("the bounds are in order"),
                answered: 0,
                errors: BTreeMap::new(),
                lost: 0,
                refused: 0,
                retries: 0,
                reconnects: 0,
                unsent: 0,
            }),
        }
    }

    pub(crate) fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// A refresh that was due then has been answered now.
    pub(crate) fn answered(&mut self, due: Instant) {
        self.answered += 1;
        if self.measured_from.is_some_and(|from| due >= from) {
            self.latencies.saturating_record(nanos(due.elapsed()));
        }
    }

    pub(crate) fn error(&mut self, code: &str) {
        match self.errors.get_mut(code) {
            Some(count) => *count += 1,
            None => drop(self.errors.insert(code.to_owned(), 1)),
        }
    }

    pub(crate) fn all_errors(&self) -> u64 {
        self.errors.values().sum()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Ten minutes, in nanoseconds.
const LONGEST: u64 = 600_000_000_000;
const SIGNIFICANT_DIGITS: u8 = 3;
