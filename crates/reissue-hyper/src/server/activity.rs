//! What is known about a connection: written by its transport, its requests and its responses, read by whoever watches it.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::deadline::{Stop, Waits};

/// One for each connection. With HTTP/2 its streams have tasks of their own, hence the atomics.
#[derive(Debug)]
pub(super) struct Activity {
    accepted: Instant,
    is_greeted: AtomicBool,
    is_http2: AtomicBool,
    requests: AtomicUsize,
    head_began: Moment,
    idle_since: Moment,
    write_stalled: Moment,
    responses: Mutex<Responses>,
}

/// The responses of HTTP/2.
#[derive(Debug, Default)]
struct Responses {
    /// A place for each.
    places: Vec<Response>,
    /// The task of the connection. hyper does not wake it for a response that waits for flow control.
    watcher: Option<Waker>,
}

#[derive(Clone, Copy, Debug)]
enum Response {
    /// The place is free.
    Gone,
    /// For the service.
    Produced,
    /// For the peer.
    Stalled(Instant),
}

impl Activity {
    pub(super) fn new(accepted: Instant) -> Self {
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

    /// Notes bytes that may be the beginning of a head. With HTTP/2 they are as likely something else.
    pub(super) fn received(&self) {
        if self.requests.load(Ordering::Relaxed) == 0
            && !self.is_http2.load(Ordering::Relaxed)
            && self.head_began.get().is_none()
        {
            self.head_began.set(self.accepted.elapsed());
        }
    }

    /// Notes the preface of HTTP/2 and the first frame behind it.
    pub(super) fn received_preface(&self) {
        self.is_http2.store(true, Ordering::Relaxed);
        self.is_greeted.store(true, Ordering::Relaxed);
        self.head_began.clear();
        self.idle_since.set(self.accepted.elapsed());
    }

    /// Notes whether the transport takes what is written.
    pub(super) fn wrote(&self, is_stalled: bool) {
        let was_stalled = self.write_stalled.get().is_some();
        if is_stalled && !was_stalled {
            self.write_stalled.set(self.accepted.elapsed());
        } else if !is_stalled && was_stalled {
            self.write_stalled.clear();
            // Whoever reads is not idle.
            self.idle_since.set(self.accepted.elapsed());
        }
    }

    /// Notes a request. It is under way until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.is_greeted.store(true, Ordering::Relaxed);
        self.head_began.clear();
        InFlight {
            activity: self.clone(),
            place: None,
        }
    }

    /// Returns what the connection waits for. Its task is woken when that changes without hyper.
    pub(super) fn waits(
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
        match &mut responses.watcher {
            Some(watcher) => watcher.clone_from(cx.waker()),
            None => responses.watcher = Some(cx.waker().clone()),
        }
        let since = |response: &Response| match response {
            Response::Gone | Response::Produced => None,
            Response::Stalled(since) => Some(*since),
        };
        responses.places.iter().filter_map(since).min()
    }

    fn responses(&self) -> MutexGuard<'_, Responses> {
        self.responses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is under way.
#[derive(Debug)]
pub(super) struct InFlight {
    activity: Arc<Activity>,
    place: Option<usize>,
}

impl InFlight {
    /// Notes that there is a response. With HTTP/2 it waits for the peer from now on; with HTTP/1 the transport tells.
    pub(super) fn responded(&mut self) {
        if !self.activity.is_http2.load(Ordering::Relaxed) {
            return;
        }
        let stalled = Response::Stalled(Instant::now());
        let mut responses = self.activity.responses();
        let free = |response: &Response| matches!(response, Response::Gone);
        let places = &mut responses.places;
        let place = places.iter().position(free);
        self.place = Some(place.unwrap_or(places.len()));
        match place {
            Some(place) => places[place] = stalled,
            None => places.push(stalled),
        }
    }

    /// Notes that a frame of the response was taken, and that the next one waits for the peer.
    pub(super) fn produced(&self) {
        if let Some(place) = self.place {
            let mut responses = self.activity.responses();
            responses.places[place] = Response::Stalled(Instant::now());
            let watcher = responses.watcher.take();
            drop(responses);
            if let Some(watcher) = watcher {
                watcher.wake();
            }
        }
    }

    /// Notes that the service has no frame yet.
    pub(super) fn waits_for_service(&self) {
        self.note(Response::Produced);
    }

    fn note(&self, response: Response) {
        if let Some(place) = self.place {
            self.activity.responses().places[place] = response;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.note(Response::Gone);
        let activity = &self.activity;
        // Before the count: whoever sees no request must see since when.
        activity.idle_since.set(activity.accepted.elapsed());
        activity.requests.fetch_sub(1, Ordering::Release);
    }
}

/// A moment, counted from when the connection was accepted: milliseconds plus one, zero for none.
#[derive(Debug, Default)]
struct Moment(AtomicU64);

impl Moment {
    fn set(&self, since: Duration) {
        let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX - 1);
        self.0.store(millis + 1, Ordering::Relaxed);
    }

    fn clear(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    fn get(&self) -> Option<Duration> {
        let millis = self.0.load(Ordering::Relaxed).checked_sub(1)?;
        Some(Duration::from_millis(millis))
    }
}
