//! A run from the first tokens to the report.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval_at};

use crate::client::Client;
use crate::connection::Connection;
use crate::first::{FirstToken, FirstTokenError};
use crate::process::cpu_time;
use crate::progress::Progress;
use crate::report::Report;
use crate::schedule::{Pacer, Schedule};
use crate::session::{Present, Session, Shared};
use crate::tally::Tally;
use crate::target::Target;

/// What to do. Runs inside a tokio runtime.
#[derive(Clone, Debug)]
#[must_use]
pub struct Load {
    targets: Vec<Target>,
    client: Client,
    first: FirstToken,
    sessions: usize,
    pace: Pace,
    length: Length,
    warm_up: Duration,
    present: Present,
    timeout: Duration,
    pause: Duration,
    watched: Vec<u32>,
}

/// When a request is due.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Pace {
    /// When the session's last one is answered.
    Closed,
    /// So many per second, of all sessions together, at fixed times.
    Open(f64),
}

/// How long a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Length {
    /// Until every session has refreshed so often. There is no warm-up, and the loop is closed.
    Refreshes(u64),
    /// For so long after the warm-up.
    Time(Duration),
}

/// A run cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// A session has no token.
    #[error("session {session} has no token to begin with")]
    FirstToken {
        /// Which.
        session: usize,
        /// Why.
        #[source]
        cause: FirstTokenError,
    },
    /// There is nothing to drive, nobody to drive it, or no pace.
    #[error("expected at least one target, one session, and a pace above zero")]
    Nothing,
    /// A process cannot be watched.
    #[error("the CPU time of process {pid} cannot be read")]
    Watched {
        /// Which.
        pid: u32,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl Load {
    /// One session in a closed loop for ten seconds, after a second of warm-up. It waits 5 s for an
    /// response, and 10 ms before it tries again.
    pub fn new(targets: Vec<Target>, client: Client, first: FirstToken) -> Self {
        Self {
            targets,
            client,
            first,
            sessions: 1,
            pace: Pace::Closed,
            length: Length::Time(Duration::from_secs(10)),
            warm_up: Duration::from_secs(1),
            present: Present::Newest,
            timeout: Duration::from_secs(5),
            pause: Duration::from_millis(10),
            watched: Vec::new(),
        }
    }

    /// How many sessions, each with a connection of its own to every target.
    pub fn with_sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions;
        self
    }

    /// When a request is due.
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// How long the run is.
    pub fn with_length(mut self, length: Length) -> Self {
        self.length = length;
        self
    }

    /// For how long nothing is measured at first.
    pub fn with_warm_up(mut self, warm_up: Duration) -> Self {
        self.warm_up = warm_up;
        self
    }

    /// What the sessions present.
    pub fn with_present(mut self, present: Present) -> Self {
        self.present = present;
        self
    }

    /// How long a client waits for a response before it tries again on another connection.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a client waits before it tries again.
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// Whose CPU time to report.
    pub fn with_watched(mut self, pids: Vec<u32>) -> Self {
        self.watched = pids;
        self
    }

    /// Runs, and returns the report and the newest token of each session that is still good.
    /// `progress` is called once a second.
    ///
    /// # Errors
    ///
    /// A session gets no first token, or there is nothing to do.
    pub async fn run(
        self,
        mut progress: impl FnMut(&Progress),
    ) -> Result<(Report, Vec<String>), LoadError> {
        let pace_is_good =
            !matches!(self.pace, Pace::Open(rate) if !(rate > 0.0 && rate.is_finite()));
        if self.targets.is_empty() || self.sessions == 0 || !pace_is_good {
            return Err(LoadError::Nothing);
        }
        self.cpu_times()?;
        let shared = Arc::new(Shared {
            client: self.client.clone(),
            present: self.present,
            timeout: self.timeout,
            pause: self.pause,
            tally: Tally::new(),
            over: AtomicBool::new(false),
        });
        let sessions = self.log_in(&shared).await?;

        let warm_up = match self.length {
            Length::Refreshes(_) => Duration::ZERO,
            Length::Time(_) => self.warm_up,
        };
        let start = Instant::now();
        let measured_from = start + warm_up;
        let until = match self.length {
            Length::Refreshes(_) => None,
            Length::Time(time) => Some(measured_from + time),
        };
        shared.tally.counts().measured_from = Some(measured_from);
        let (pacer, schedules) = self.schedules(start, until);
        let mut running = JoinSet::new();
        for (session, schedule) in sessions.into_iter().zip(schedules) {
            running.spawn(session.run(schedule));
        }

        let mut ticks = interval_at((start + TICK).into(), TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut tokens = Vec::with_capacity(self.sessions);
        let mut cpu_before = if warm_up.is_zero() {
            Some(self.cpu_times()?)
        } else {
            None
        };
        let mut cpu_after = None;
        let mut last = 0;
        let end = until.unwrap_or(start + FOREVER);
        loop {
            tokio::select! {
                ended = running.join_next() => match ended {
                    Some(Ok(token)) => tokens.extend(token),
                    Some(Err(error)) => std::panic::resume_unwind(error.into_panic()),
                    None => break,
                },
                () = tokio::time::sleep_until(measured_from.into()), if cpu_before.is_none() => {
                    cpu_before = Some(self.cpu_times()?);
                }
                () = tokio::time::sleep_until(end.into()), if cpu_after.is_none() => {
                    cpu_after = Some(self.cpu_times()?);
                    shared.over.store(true, Ordering::Relaxed);
                }
                _ = ticks.tick() => {
                    let counts = shared.tally.counts();
                    let now = Progress {
                        elapsed: start.elapsed(),
                        refreshes: counts.answered,
                        since_last: counts.answered - last,
                        errors: counts.all_errors(),
                        lost: counts.lost,
                    };
                    last = counts.answered;
                    drop(counts);
                    progress(&now);
                }
            }
        }
        let measured = match until {
            Some(until) => until
                .min(Instant::now())
                .saturating_duration_since(measured_from),
            None => start.elapsed(),
        };
        let after = match cpu_after {
            Some(times) => times,
            None => self.cpu_times()?,
        };
        let before = cpu_before.unwrap_or_else(|| after.clone());
        let load = after.load.zip(before.load);
        let load = load.map(|(after, before)| after.saturating_sub(before));
        let watched = after.watched.iter().zip(&before.watched);
        let watched: Vec<_> = watched
            .map(|(after, before)| after.saturating_sub(*before))
            .collect();
        let due_per_second = match self.pace {
            Pace::Closed => None,
            Pace::Open(rate) => Some(rate),
        };
        let mut counts = shared.tally.counts();
        if let Some(pacer) = pacer {
            // Those that a starved pacer never spoke of among them.
            counts.unsent = u64::from(pacer.requests).saturating_sub(counts.answered);
        }
        let report = Report::new(
            self.sessions,
            due_per_second,
            measured,
            &counts,
            load,
            &watched,
        );
        Ok((report, tokens))
    }

    /// Sessions with their first tokens and their connections, a few at a time: logins may be slow
    /// on purpose.
    async fn log_in(&self, shared: &Arc<Shared>) -> Result<Vec<Session>, LoadError> {
        let at_once = Arc::new(Semaphore::new(LOGINS_AT_ONCE));
        let mut logins = JoinSet::new();
        for number in 0..self.sessions {
            let (first, shared, at_once) = (self.first.clone(), shared.clone(), at_once.clone());
            let mut connections: Vec<_> =
                self.targets.iter().cloned().map(Connection::new).collect();
            logins.spawn(async move {
                let _place = at_once.acquire_owned().await;
                let turn = number % connections.len();
                let session = async {
                    let token = first
                        .get(number, &shared.client, &mut connections[turn])
                        .await?;
                    for connection in &mut connections {
                        connection.connect().await?;
                    }
                    Ok(Session {
                        shared,
                        connections,
                        turn,
                        token,
                    })
                };
                (number, session.await)
            });
        }
        let mut sessions = Vec::with_capacity(self.sessions);
        while let Some(login) = logins.join_next().await {
            match login {
                Ok((_, Ok(session))) => sessions.push(session),
                Ok((session, Err(cause))) => return Err(LoadError::FirstToken { session, cause }),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        Ok(sessions)
    }

    fn schedules(&self, start: Instant, until: Option<Instant>) -> (Option<Pacer>, Vec<Schedule>) {
        if let (Pace::Open(rate), Some(until)) = (self.pace, until) {
            let interval = Duration::from_secs_f64(rate.recip());
            let (pacer, schedules) = Pacer::start(self.sessions, start, interval, until - start);
            return (Some(pacer), schedules);
        }
        let left = match self.length {
            Length::Refreshes(count) => count,
            Length::Time(_) => u64::MAX,
        };
        let closed = || Schedule::Closed { until, left };
        (
            None,
            std::iter::repeat_with(closed).take(self.sessions).collect(),
        )
    }

    fn cpu_times(&self) -> Result<CpuTimes, LoadError> {
        let mut watched = Vec::with_capacity(self.watched.len());
        for &pid in &self.watched {
            watched.push(cpu_time(pid).map_err(|cause| LoadError::Watched { pid, cause })?);
        }
        Ok(CpuTimes {
            load: cpu_time(std::process::id()).ok(),
            watched,
        })
    }
}

/// Of the generator, and of each process that is watched, so far.
#[derive(Clone)]
struct CpuTimes {
    load: Option<Duration>,
    watched: Vec<Duration>,
}

const TICK: Duration = Duration::from_secs(1);
const FOREVER: Duration = Duration::from_secs(86_400 * 365);
const LOGINS_AT_ONCE: usize = 16;
