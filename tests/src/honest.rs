//! Correct clients: each keeps its refresh token until a 200 returns another, and retries on 503.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// The outcome of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A 200 with another refresh token.
    Refreshed(String),
    /// An `invalid_grant`, or anything else after which a correct client asks its user to log in,
    /// as text for the report.
    Refused(String),
    /// A 503, a time-out, a broken connection: it is unknown whether the token was used.
    Retry,
}

/// The behaviour of correct clients.
#[derive(Clone, Debug)]
#[must_use]
pub struct Honest {
    grace: Duration,
    pause: Duration,
    timeout: Duration,
}

/// The statistics of correct clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Refreshes with a 200.
    pub refreshes: u64,
    /// Requests that had to be sent again, time-outs among them.
    pub retries: u64,
    /// Requests that the client gave up waiting for.
    pub timeouts: u64,
    /// Why clients were logged out. Must be empty for correct clients.
    pub logged_out: Vec<String>,
    /// Clients that met nothing but retries until their grace was over.
    pub gave_up: u64,
    /// The longest time from the first request with a token to its 200.
    pub longest: Duration,
    /// The newest token of each client, and none where it was logged out.
    pub tokens: Vec<Option<String>>,
}

impl Honest {
    /// Clients that retry for this long before they give up. They wait 5 s for a response, and 10
    /// ms between requests.
    pub fn new(grace: Duration) -> Self {
        Self {
            grace,
            pause: Duration::from_millis(10),
            timeout: Duration::from_secs(5),
        }
    }

    /// How long a client waits between requests.
    pub fn with_pause(mut self, pause: Duration) -> Self {
        self.pause = pause;
        self
    }

    /// How long a client waits for a response before it drops the request and retries.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// One client for each token, all at once, until the scenario is over and each has a response
    /// to its last request.
    ///
    /// The scenario is what happens meanwhile: a fault, or a sleep. `refresh` is called with the
    /// number of the client and its newest token.
    ///
    /// # Panics
    ///
    /// When `refresh` does.
    pub async fn run<T, R, F>(
        &self,
        tokens: Vec<String>,
        scenario: impl Future<Output = T>,
        refresh: R,
    ) -> (Report, T)
    where
        R: Fn(usize, String) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Outcome> + Send + 'static,
    {
        let (over, watch) = watch::channel(false);
        let mut clients = JoinSet::new();
        let mut report = Report {
            tokens: vec![None; tokens.len()],
            ..Report::default()
        };
        for (number, token) in tokens.into_iter().enumerate() {
            let client = Client {
                honest: self.clone(),
                number,
                token: Some(token),
                report: Report::default(),
            };
            clients.spawn(client.run(watch.clone(), refresh.clone()));
        }
        let result = scenario.await;
        over.send_replace(true);
        while let Some(client) = clients.join_next().await {
            match client {
                Ok(client) => report.add(client),
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        }
        (report, result)
    }
}

impl Report {
    fn add(&mut self, client: Client) {
        let other = client.report;
        self.refreshes += other.refreshes;
        self.retries += other.retries;
        self.timeouts += other.timeouts;
        self.logged_out.extend(other.logged_out);
        self.gave_up += other.gave_up;
        self.longest = self.longest.max(other.longest);
        self.tokens[client.number] = client.token;
    }
}

struct Client {
    honest: Honest,
    number: usize,
    token: Option<String>,
    report: Report,
}

impl Client {
    async fn run<R, F>(mut self, over: watch::Receiver<bool>, refresh: R) -> Self
    where
        R: Fn(usize, String) -> F + Sync,
        F: Future<Output = Outcome>,
    {
        while !*over.borrow()
            && let Some(token) = self.token.take()
        {
            if !self.refresh(token, &refresh).await {
                break;
            }
            sleep(self.honest.pause).await;
        }
        self
    }

    /// Whether the client continues. It has no token if it was logged out.
    async fn refresh<R, F>(&mut self, token: String, refresh: &R) -> bool
    where
        R: Fn(usize, String) -> F + Sync,
        F: Future<Output = Outcome>,
    {
        let began = Instant::now();
        loop {
            let request = refresh(self.number, token.clone());
            match timeout(self.honest.timeout, request).await {
                Ok(Outcome::Refreshed(newer)) => {
                    self.report.refreshes += 1;
                    self.report.longest = self.report.longest.max(began.elapsed());
                    self.token = Some(newer);
                    return true;
                }
                Ok(Outcome::Refused(why)) => {
                    self.report.logged_out.push(why);
                    return false;
                }
                Ok(Outcome::Retry) => self.report.retries += 1,
                Err(_) => {
                    self.report.retries += 1;
                    self.report.timeouts += 1;
                }
            }
            if began.elapsed() >= self.honest.grace {
                self.report.gave_up += 1;
                self.token = Some(token);
                return false;
            }
            sleep(self.honest.pause).await;
        }
    }
}

#[cfg(test)]
mod tests;
