//! Honest clients: each keeps its refresh token until a 200 brings another, and tries again when it
//! is told to.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// What became of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A 200 with another refresh token.
    Refreshed(String),
    /// An `invalid_grant`, or anything else after which an honest client asks its user to log in;
    /// in words for the report.
    Refused(String),
    /// A 503, a time-out, a connection that broke: nobody knows whether the token was used.
    Retry,
}

/// How honest clients behave.
#[derive(Clone, Debug)]
#[must_use]
pub struct Honest {
    grace: Duration,
    pause: Duration,
    timeout: Duration,
}

/// What honest clients went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Refreshes that a 200 answered.
    pub refreshes: u64,
    /// Requests that had to be sent again, time-outs among them.
    pub retries: u64,
    /// Requests that the client gave up waiting for.
    pub timeouts: u64,
    /// Why clients were logged out, as the refresh said it. Empty is what honesty deserves.
    pub logged_out: Vec<String>,
    /// Clients that met nothing but retries until their grace was over.
    pub gave_up: u64,
    /// The longest time from the first request with a token to the 200 that answered it.
    pub longest: Duration,
    /// The newest token of each client, and none where it was logged out.
    pub tokens: Vec<Option<String>>,
}

impl Honest {
    /// Clients that try again for so long before they give up. They wait 5 s for an answer, and 10
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

    /// How long a client waits for an answer before it drops the request and tries again.
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// One client for each token, all at once, until the scenario is over and each has an answer to
    /// its last request.
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

    /// Whether it goes on. The token is gone where the client was logged out.
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
