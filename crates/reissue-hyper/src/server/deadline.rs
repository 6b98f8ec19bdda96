//! Which deadline of a connection comes first. A pure function of what is known about it.

use std::time::Duration;

use tokio::time::Instant;

/// How long a peer may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    pub(super) header: Duration,
    pub(super) body: Duration,
    pub(super) write: Duration,
    pub(super) idle: Duration,
    pub(super) shutdown: Duration,
}

/// The server stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) since: Instant,
    /// When requests that are under way are cut.
    pub(super) until: Option<Instant>,
}

/// What a connection waits for, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    pub(super) accepted: Instant,
    /// Whether the peer has sent a whole head, or the preface of HTTP/2.
    pub(super) is_greeted: bool,
    /// Requests whose response has not been handed over to hyper in full.
    pub(super) requests: usize,
    pub(super) head_began: Option<Instant>,
    pub(super) idle_since: Option<Instant>,
    /// Since when the transport, or the flow control of HTTP/2, takes nothing.
    pub(super) stalled: Option<Instant>,
    /// Since when it is being closed for being idle.
    pub(super) closing: Option<Instant>,
    pub(super) stop: Option<Stop>,
}

/// What happens next to a connection if nothing else happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) at: Instant,
    pub(super) action: Action,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Closes it as the protocol has it.
    Close,
    /// Drops it.
    Cut(Cause),
}

/// Why a connection is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Head,
    Idle,
    Stop,
    Write,
}

impl Cause {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "no request head in time",
            Self::Idle => "idle, and did not close in time",
            Self::Stop => "the server stops",
            Self::Write => "the peer does not read",
        }
    }
}

impl Waits {
    /// Returns the earliest deadline; none while the service has the word.
    pub(super) fn due(&self, timeouts: &Timeouts) -> Option<Due> {
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
        // Requests are the service's, and what was not read yet is due for itself.
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

/// How long a peer may take to let go of a connection that is being closed.
const LINGER: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
