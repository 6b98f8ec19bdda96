//! Honest clients that refresh at a token server in a loop, over HTTP, and what it says of itself
//! meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reissue_tests::TestKeys;
use reissue_tests::honest::{Honest, Outcome};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use super::process::{TOKEN, TokenServer};
use super::redis::configured;

/// A token server, and clients that have logged in: each a user of its own, `user-0` and so on.
pub(super) struct Loop {
    server: Arc<TokenServer>,
    tokens: Vec<String>,
    refreshes: Arc<[AtomicU64]>,
    unavailable: Arc<AtomicU64>,
    refusal: Arc<OnceLock<String>>,
    _folder: TempDir,
}

impl Loop {
    /// With everything as it is by default, and sessions in this store.
    pub(super) async fn at(store: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = configured(&TestKeys::generate(), store, "", folder.path());
        for number in 0..CLIENTS {
            config += &format!("\n[[users]]\nname = \"user-{number}\"\npassword = \"brent123\"");
        }
        let server = TokenServer::with(&config);
        let mut tokens = Vec::new();
        for number in 0..CLIENTS {
            let form = format!("grant_type=password&username=user-{number}&password=brent123");
            let login = server.post_as_client(TOKEN, &form).await;
            tokens.push(login.refresh_token().to_owned());
        }
        Self {
            server: Arc::new(server),
            tokens,
            refreshes: (0..CLIENTS).map(|_| AtomicU64::new(0)).collect(),
            unavailable: Arc::default(),
            refusal: Arc::default(),
            _folder: folder,
        }
    }

    /// One refresh of each client.
    pub(super) async fn refresh_once(&mut self) {
        for token in &mut self.tokens {
            let response = self.server.refresh(token).await;
            assert_eq!(response.summary(), "200", "{response:?}");
            response.refresh_token().clone_into(token);
        }
    }

    /// The log of a server whose clients refresh for as long as the scenario goes on, and of which
    /// none may be logged out.
    pub(super) async fn endure(mut self, scenario: impl AsyncFnOnce(&Self)) -> String {
        let tokens = std::mem::take(&mut self.tokens);
        let (server, refreshes) = (self.server.clone(), self.refreshes.clone());
        let (unavailable, refusal) = (self.unavailable.clone(), self.refusal.clone());
        let refresh = move |number: usize, token: String| {
            let (server, refreshes) = (server.clone(), refreshes.clone());
            let (unavailable, refusal) = (unavailable.clone(), refusal.clone());
            async move {
                let response = server.refresh(&token).await;
                match response.status.as_u16() {
                    200 => {
                        refreshes[number].fetch_add(1, Ordering::Relaxed);
                        Outcome::Refreshed(response.refresh_token().to_owned())
                    }
                    503 => {
                        unavailable.fetch_add(1, Ordering::Relaxed);
                        Outcome::Retry
                    }
                    _ => {
                        let refused = format!("client {number}: {}", response.summary());
                        Outcome::Refused(refusal.get_or_init(|| refused).clone())
                    }
                }
            }
        };
        let honest = Honest::new(GRACE).with_pause(PAUSE);
        let (mut report, ()) = honest.run(tokens, scenario(&self), refresh).await;
        report.tokens.clear();
        assert_eq!(report.logged_out, [""; 0], "{report:?}");
        assert_eq!(report.gave_up, 0, "{report:?}");
        let server = Arc::into_inner(self.server).expect("nobody asks any more");
        let log = server.stop("TERM").stderr;
        assert!(!log.contains("refresh token reused"), "{log}");
        log
    }

    /// All of them go on.
    pub(super) async fn goes_on(&self) {
        self.goes_on_for(|_| true).await;
    }

    /// Each of these clients has a few refreshes more than it had.
    pub(super) async fn goes_on_for(&self, picks: impl Fn(usize) -> bool) {
        let count = |number: usize| self.refreshes[number].load(Ordering::Relaxed);
        let picked: Vec<_> = (0..CLIENTS).filter(|number| picks(*number)).collect();
        assert!(!picked.is_empty(), "nobody would be waited for");
        let enough: Vec<_> = picked.iter().map(|number| count(*number) + 3).collect();
        self.patiently("the clients go on", async || {
            picked
                .iter()
                .zip(&enough)
                .all(|(number, enough)| count(*number) >= *enough)
        })
        .await;
    }

    /// This is noticed: clients are told to come back, `/readyz` says so, and `/healthz` that there
    /// is no use in a restart.
    pub(super) async fn notices<T>(&self, trouble: impl FnOnce() -> T) -> T {
        let count = || self.unavailable.load(Ordering::Relaxed);
        let so_far = count();
        let result = trouble();
        self.patiently("it is not ready", async || self.readiness().await == 503)
            .await;
        assert_eq!(self.server.get("/healthz").await.status, 200);
        self.patiently("a client is told", async || count() > so_far)
            .await;
        result
    }

    /// This is met: clients are told to come back. It may be over before `/readyz`, which asks the
    /// store once a second, looks again.
    pub(super) async fn meets<T>(&self, trouble: impl FnOnce() -> T) -> T {
        let count = || self.unavailable.load(Ordering::Relaxed);
        let so_far = count();
        let result = trouble();
        self.patiently("a client is told", async || count() > so_far)
            .await;
        result
    }

    /// `/readyz` says that the trouble is over.
    pub(super) async fn is_ready(&self) {
        self.patiently("it is ready", async || self.readiness().await == 200)
            .await;
    }

    async fn readiness(&self) -> u16 {
        self.server.get("/readyz").await.status.as_u16()
    }

    async fn patiently(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let patience = Instant::now() + GRACE;
        while !holds().await {
            // It would be waited for in vain.
            assert_eq!(self.refusal.get(), None, "a client was logged out");
            assert!(Instant::now() < patience, "waited in vain: {what}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

pub(super) const CLIENTS: usize = 12;

/// How long clients try, and the test waits for anything. It is no measure of speed: the machine
/// may be busy.
const GRACE: Duration = Duration::from_secs(60);

/// Long enough that a failover does not lose more generations of a session than may be healed.
const PAUSE: Duration = Duration::from_millis(200);
