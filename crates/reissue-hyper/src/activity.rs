//! The state of a connection: written by its transport, requests and responses, and read by its
//! task.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use tokio::time::Instant;

use crate::deadline::{Stop, Waits};
use crate::moment::Moment;

/// The state of one connection. Atomic, because HTTP/2 streams have tasks of their own.
#[derive(Debug)]
pub(crate) struct Activity {
    accepted: Instant,
    is_greeted: AtomicBool,
    is_http2: AtomicBool,
    requests: AtomicUsize,
    head_began: Moment,
    idle_since: Moment,
    write_stalled: Moment,
    responses: Mutex<Responses>,
}

/// The responses of an HTTP/2 connection.
#[derive(Debug, Default)]
struct Responses {
    /// One for each request in flight; reused once the request has ended.
    slots: Vec<Response>,
    /// Wakes the task of the connection. hyper does not when a response waits for flow control.
    waker: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
enum Response {
    /// The slot is free.
    Ended,
    /// Waits for the service.
    Producing,
    /// Waits for the peer since then.
    Stalled(Instant),
}

impl Activity {
    pub(crate) fn new(accepted: Instant) -> Self {
        Self {
            accepted,
            is_greeted: AtomicBool::new(false),
            is_http2: AtomicBool::new(false),
            requests: AtomicUsize::new(0),
            head_began: Moment::default(),
            idle_since: Moment::default(),
            write_stalled: Moment::default(),
            responses: Mutex::default(),
        }
    }

    /// Records received bytes, which may begin a head. With HTTP/2 they may be anything.
    pub(crate) fn received(&self) {
        if self.requests.load(Ordering::Relaxed) == 0
            && !self.is_http2.load(Ordering::Relaxed)
            && self.head_began.get().is_none()
        {
            self.head_began.set(self.accepted.elapsed());
        }
    }

    /// Records the preface of HTTP/2 and the first frame after it.
    pub(crate) fn received_preface(&self) {
        self.is_http2.store(true, Ordering::Relaxed);
        self.is_greeted.store(true, Ordering::Relaxed);
        self.head_began.clear();
        self.idle_since.set(self.accepted.elapsed());
    }

    /// Records whether the transport accepts what is written.
    pub(crate) fn wrote(&self, is_stalled: bool) {
        let was_stalled = self.write_stalled.get().is_some();
        if is_stalled && !was_stalled {
            self.write_stalled.set(self.accepted.elapsed());
        } else if !is_stalled && was_stalled {
            self.write_stalled.clear();
            // A peer that reads is not idle.
            self.idle_since.set(self.accepted.elapsed());
        }
    }

    /// Records a request. It is in flight until the returned value is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_greeted.store(true, Ordering::Relaxed);
        self.head_began.clear();
        InFlight {
            activity: self.clone(),
            slot: None,
        }
    }

    /// Returns what the connection waits for. The task of `cx` is woken if that changes while hyper
    /// does not wake it.
    pub(crate) fn waits(
        &self,
        closing: Option<Instant>,
        stop: Option<Stop>,
        cx: &Context<'_>,
    ) -> Waits {
        let instant = |moment: &Moment| moment.get().map(|since| self.accepted + since);
        let written = instant(&self.write_stalled);
        let stalled = if self.is_http2.load(Ordering::Relaxed) {
            written.into_iter().chain(self.oldest_response(cx)).min()
        } else {
            written
        };
        Waits {
            accepted: self.accepted,
            is_greeted: self.is_greeted.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            head_began: instant(&self.head_began),
            idle_since: instant(&self.idle_since),
            stalled,
            closing,
            stop,
        }
    }

    fn oldest_response(&self, cx: &Context<'_>) -> Option<Instant> {
        let mut responses = self.responses();
        match &mut responses.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            None => responses.waker = Some(cx.waker().clone()),
        }
        let since = |response: &Response| match response {
            Response::Ended | Response::Producing => None,
            Response::Stalled(since) => Some(*since),
        };
        responses.slots.iter().filter_map(since).min()
    }

    fn responses(&self) -> MutexGuard<'_, Responses> {
        self.responses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request in flight.
#[derive(Debug)]
pub(crate) struct InFlight {
    activity: Arc<Activity>,
    slot: Option<usize>,
}

impl InFlight {
    /// Records that the service has responded. With HTTP/2 the response waits for the peer from now
    /// on; with HTTP/1 the transport reports that.
    pub(crate) fn responded(&mut self) {
        if !self.activity.is_http2.load(Ordering::Relaxed) {
            return;
        }
        let stalled = Response::Stalled(Instant::now());
        let mut responses = self.activity.responses();
        let free = |response: &Response| matches!(response, Response::Ended);
        let slots = &mut responses.slots;
        let slot = slots.iter().position(free);
        self.slot = Some(slot.unwrap_or(slots.len()));
        match slot {
            Some(slot) => slots[slot] = stalled,
            None => slots.push(stalled),
        }
    }

    /// Records that hyper has taken a frame of the response, and that the next one waits for the
    /// peer.
    pub(crate) fn produced(&self) {
        if let Some(slot) = self.slot {
            let mut responses = self.activity.responses();
            responses.slots[slot] = Response::Stalled(Instant::now());
            let waker = responses.waker.take();
            drop(responses);
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    /// Records that the service has no frame yet.
    pub(crate) fn waits_for_service(&self) {
        self.set(Response::Producing);
    }

    fn set(&self, response: Response) {
        if let Some(slot) = self.slot {
            self.activity.responses().slots[slot] = response;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.set(Response::Ended);
        let activity = &self.activity;
        // Before the count: a reader that sees no request must also see since when.
        activity.idle_since.set(activity.accepted.elapsed());
        activity.requests.fetch_sub(1, Ordering::Release);
    }
}
