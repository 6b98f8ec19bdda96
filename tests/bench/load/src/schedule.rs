//! When requests are due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// When a session's requests are due, one after the other.
#[derive(Debug)]
pub(crate) enum Schedule {
    /// As soon as the last one is answered, until then or so often.
    Closed { until: Option<Instant>, left: u64 },
    /// At the times that the pacer says.
    Open(UnboundedReceiver<Instant>),
}

impl Schedule {
    /// When the next request is due; nothing if there is none any more.
    pub(crate) async fn next(&mut self) -> Option<Instant> {
        match self {
            Self::Closed { until, left } => {
                let now = Instant::now();
                if *left == 0 || until.is_some_and(|until| now >= until) {
                    return None;
                }
                *left -= 1;
                Some(now)
            }
            Self::Open(due) => due.recv().await,
        }
    }
}

/// Says when requests are due, in a thread of its own: the runtime's timers are no finer than a
/// millisecond.
#[derive(Debug)]
pub(crate) struct Pacer {
    over: Arc<AtomicBool>,
    /// How many are due in all.
    pub(crate) requests: u32,
}

impl Pacer {
    /// Requests at these intervals for so long, to each session in turn.
    pub(crate) fn start(
        sessions: usize,
        start: Instant,
        interval: Duration,
        time: Duration,
    ) -> (Self, Vec<Schedule>) {
        let (senders, schedules) = (0..sessions)
            .map(|_| {
                let (sender, receiver) = unbounded_channel();
                (sender, Schedule::Open(receiver))
            })
            .unzip::<_, _, Vec<_>, Vec<_>>();
        let over = Arc::new(AtomicBool::new(false));
        let requests = due(interval, time);
        let pacer = Self {
            over: over.clone(),
            requests,
        };
        let due = (0..requests).map(move |number| start + interval * number);
        thread::spawn(move || pace(&senders, due, &over));
        (pacer, schedules)
    }
}

/// How many requests are due at these intervals in so much time, the first at once.
fn due(interval: Duration, time: Duration) -> u32 {
    let requests = time.as_nanos().div_ceil(interval.as_nanos().max(1));
    u32::try_from(requests).unwrap_or(u32::MAX)
}

impl Drop for Pacer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn pace(
    sessions: &[UnboundedSender<Instant>],
    due: impl Iterator<Item = Instant>,
    over: &AtomicBool,
) {
    for (due, session) in due.zip(sessions.iter().cycle()) {
        // In pieces, so that the end is noticed.
        while let Some(left) = due.checked_duration_since(Instant::now())
            && !left.is_zero()
            && !over.load(Ordering::Relaxed)
        {
            thread::sleep(left.min(LONGEST_SLEEP));
        }
        if over.load(Ordering::Relaxed) {
            return;
        }
        // A session that was logged out has no use for it.
        let _ = session.send(due);
    }
}

const LONGEST_SLEEP: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_due_as_begin_within_the_time() {
        let (interval, time) = (Duration::from_millis(10), Duration::from_millis(300));
        assert_eq!(due(interval, time), 30);
        assert_eq!(due(interval, time + Duration::from_nanos(1)), 31);
        assert_eq!(due(interval, Duration::ZERO), 0);
    }
}
