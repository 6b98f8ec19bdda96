//! One session: a client that refreshes, each time with its newest token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

use crate::client::Client;
use crate::connection::Connection;
use crate::response::{Verdict, judge};
use crate::schedule::Schedule;
use crate::tally::Tally;

/// What a session presents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Present {
    /// Its first token with one character changed, and takes `invalid_grant` for the response that
    /// it wants.
    Forged,
    /// Text as long as a token that is none, and takes `invalid_grant` for the response that it
    /// wants.
    Garbage,
    /// Its newest token, as an honest client does.
    #[default]
    Newest,
}

impl Present {
    /// What goes out for a token.
    fn of(self, token: String) -> String {
        match self {
            Self::Forged => forged(&token),
            Self::Garbage => "x".repeat(token.len()),
            Self::Newest => token,
        }
    }

    fn wants_refusal(self) -> bool {
        matches!(self, Self::Forged | Self::Garbage)
    }
}

/// What all sessions have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) client: Client,
    pub(crate) present: Present,
    pub(crate) timeout: Duration,
    pub(crate) pause: Duration,
    pub(crate) tally: Tally,
    pub(crate) over: AtomicBool,
}

/// What a session does after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Again,
    Done,
    End,
}

/// A session with its newest token.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) shared: Arc<Shared>,
    /// One for each target; they take turns.
    pub(crate) connections: Vec<Connection>,
    pub(crate) turn: usize,
    pub(crate) token: String,
}

impl Session {
    /// Refreshes when it is due. The newest token, unless the session was lost or refused.
    pub(crate) async fn run(mut self, mut schedule: Schedule) -> Option<String> {
        self.token = self.shared.present.of(self.token);
        let mut lives = true;
        while lives
            && !self.shared.over.load(Ordering::Relaxed)
            && let Some(due) = schedule.next().await
        {
            lives = self.refresh(due).await;
        }
        let reconnects: u64 = self
            .connections
            .iter()
            .map(|connection| connection.reconnects)
            .sum();
        self.shared.tally.counts().reconnects += reconnects;
        lives.then_some(self.token)
    }

    /// Asks until there is a response to go by, or no time left. Whether the session goes on.
    async fn refresh(&mut self, due: Instant) -> bool {
        loop {
            let verdict = self.ask().await;
            match self.take(verdict, due) {
                Next::Again => sleep(self.shared.pause).await,
                Next::Done => return true,
                Next::End => return false,
            }
        }
    }

    /// Counts a verdict and keeps the token that came with it.
    fn take(&mut self, verdict: Verdict, due: Instant) -> Next {
        let mut counts = self.shared.tally.counts();
        match verdict {
            Verdict::LoggedOut if self.shared.present.wants_refusal() => counts.answered(due),
            Verdict::LoggedOut => {
                counts.lost += 1;
                return Next::End;
            }
            Verdict::Refreshed(newer) => {
                counts.answered(due);
                if let Some(newer) = newer {
                    self.token = newer;
                }
            }
            Verdict::Refused => {
                counts.refused += 1;
                return Next::End;
            }
            Verdict::TryAgain if self.shared.over.load(Ordering::Relaxed) => counts.unsent += 1,
            Verdict::TryAgain => {
                counts.retries += 1;
                return Next::Again;
            }
        }
        Next::Done
    }

    async fn ask(&mut self) -> Verdict {
        let at = self.turn % self.connections.len();
        self.turn = self.turn.wrapping_add(1);
        let connection = &mut self.connections[at];
        let request = self.shared.client.refresh(connection.target(), &self.token);
        let answered = timeout(self.shared.timeout, connection.send(request)).await;
        let (verdict, code) = match answered {
            Ok(Ok((status, body))) => judge(status, &body),
            Ok(Err(why)) => (Verdict::TryAgain, Some(why.to_string())),
            Err(_) => (Verdict::TryAgain, Some("time-out".to_owned())),
        };
        let wanted = verdict == Verdict::LoggedOut && self.shared.present.wants_refusal();
        if let Some(code) = code.filter(|_| !wanted) {
            self.shared.tally.counts().error(&code);
        }
        verdict
    }
}

/// The token with the character in its middle exchanged: of the same length, and with the same head
/// and tail.
fn forged(token: &str) -> String {
    let middle = token.len() / 2;
    token
        .char_indices()
        .map(|(at, letter)| match letter {
            'A' if at == middle => 'B',
            _ if at == middle => 'A',
            _ => letter,
        })
        .collect()
}
