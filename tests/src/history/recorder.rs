//! Collects a history while it happens.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{Disturbance, Entry, Moment, Response};
use crate::model::Operation;

/// Records requests and responses. Clones record into the same history.
#[derive(Clone, Debug)]
pub struct History(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    began: Instant,
    order: AtomicU64,
    entries: Mutex<Vec<Entry>>,
    disturbances: Mutex<Vec<Disturbance>>,
}

impl History {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            began: Instant::now(),
            order: AtomicU64::new(0),
            entries: Mutex::default(),
            disturbances: Mutex::default(),
        }))
    }

    /// Returns a moment later than all that were returned before.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment {
            order: self.0.order.fetch_add(1, Ordering::SeqCst),
            at: self.0.began.elapsed(),
        }
    }

    /// Records a request that was sent at that moment, and its response that has just arrived, if
    /// any.
    pub fn record(
        &self,
        label: &'static str,
        asked: Moment,
        operation: Operation,
        response: Option<Response>,
    ) {
        let answered = response.map(|response| (self.now(), response));
        let entry = Entry {
            label,
            operation,
            asked,
            answered,
        };
        self.0
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }

    /// Something went wrong from that moment on, and is right again now.
    pub fn disturbed(&self, from: Moment, loses_writes: bool) {
        let disturbance = Disturbance {
            from,
            until: self.now(),
            loses_writes,
        };
        self.0
            .disturbances
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(disturbance);
    }

    /// Returns all requests in the order of their recording.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.0
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// All that went wrong.
    #[must_use]
    pub fn disturbances(&self) -> Vec<Disturbance> {
        self.0
            .disturbances
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new()
    }
}
