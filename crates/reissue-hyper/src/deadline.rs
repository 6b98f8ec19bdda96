//! The next deadline of a connection: a pure function of its state.

use std::time::Duration;

use tokio::time::Instant;

/// For how long a peer may delay a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) header: Duration,
    pub(crate) body: Duration,
    pub(crate) write: Duration,
    pub(crate) idle: Duration,
    pub(crate) shutdown: Duration,
}

/// The shutdown of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) since: Instant,
    /// When requests in flight are cut; `None` if never.
    pub(crate) until: Option<Instant>,
}

/// What a connection waits for, and since when. Requests, responses and transport report it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waits {
    pub(crate) accepted: Instant,
    /// Whether the peer has sent a whole head, or the preface of HTTP/2.
    pub(crate) is_greeted: bool,
    /// Requests whose response hyper has not taken in full.
    pub(crate) requests: usize,
    pub(crate) head_began: Option<Instant>,
    pub(crate) idle_since: Option<Instant>,
    /// Since when the transport, or the flow control of HTTP/2, accepts nothing.
    pub(crate) stalled: Option<Instant>,
    /// Since when the connection is being closed because it was idle.
    pub(crate) closing: Option<Instant>,
    pub(crate) stop: Option<Stop>,
}

/// What to do with a connection, and when, unless its state changes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) at: Instant,
    pub(crate) action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Closes it gracefully.
    Close,
    /// Drops it, with its requests.
    Cut(Cause),
}

/// Why a connection is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Head,
    Idle,
    Stop,
    Write,
}

impl Cause {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "no request head in time",
            Self::Idle => "idle, and not closed in time",
            Self::Stop => "the server shuts down",
            Self::Write => "the peer does not read",
        }
    }
}

impl Waits {
    /// Returns the earliest deadline; `None` while only the service is waited for.
    pub(crate) fn due(&self, timeouts: &Timeouts) -> Option<Due> {
        [
            self.write(timeouts),
            self.request(timeouts),
            self.end_of_service(),
        ]
        .into_iter()
        .flatten()
        .min_by_key(|due| due.at)
    }

    fn write(&self, timeouts: &Timeouts) -> Option<Due> {
        let stalled = self.stalled?;
        let at = stalled.checked_add(timeouts.write);
        let at = match self.stop {
            Some(stop) => earlier(at, stalled.max(stop.since).checked_add(LINGER)),
            None => at,
        };
        cut(at, Cause::Write)
    }

    fn request(&self, timeouts: &Timeouts) -> Option<Due> {
        // The service may take as long as it likes, and the write deadline covers a stall.
        if self.requests > 0 || self.stalled.is_some() {
            return None;
        }
        let due = if !self.is_greeted {
            cut(self.accepted.checked_add(timeouts.header), Cause::Head)
        } else if let Some(began) = self.head_began {
            cut(began.checked_add(timeouts.header), Cause::Head)
        } else if let Some(closing) = self.closing {
            cut(closing.checked_add(LINGER), Cause::Idle)
        } else {
            let at = self.idle_since?.checked_add(timeouts.idle);
            at.map(|at| Due {
                at,
                action: Action::Close,
            })
        };
        let stop = self.stop.and_then(|stop| stop.since.checked_add(LINGER));
        due.into_iter()
            .chain(cut(stop, Cause::Stop))
            .min_by_key(|due| due.at)
    }

    fn end_of_service(&self) -> Option<Due> {
        cut(self.stop?.until, Cause::Stop)
    }
}

fn cut(at: Option<Instant>, cause: Cause) -> Option<Due> {
    at.map(|at| Due {
        at,
        action: Action::Cut(cause),
    })
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

/// How long a peer may take to close a connection that is being closed.
const LINGER: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
