use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::key::{SigningKey, SymmetricKey};
use reissue::{Clock as _, SystemClock, Timestamp};
use reissue_tests::TestResponse;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::fleet::Fleet;
use super::resource::Resource;
use crate::token_server::process::PATIENCE;

/// Clients that refresh without a pause, in turn at both servers, and present each access token to
/// all resources.
pub(super) struct Load {
    clients: JoinSet<Served>,
    shared: Arc<Shared>,
}

struct Shared {
    fleet: Arc<Fleet>,
    resources: [Resource; 2],
    /// Old and, once they are known, new: what the header of an access token says, and the footer
    /// of a refresh token.
    kids: Mutex<Vec<String>>,
    footers: Mutex<Vec<String>>,
    /// In seconds.
    used_from: AtomicU64,
    stops: AtomicBool,
    /// How often each client has gone to each server.
    rounds: [[AtomicU64; 2]; CLIENTS],
}

/// How many refreshes brought tokens of the old keys, and how many of the new ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Served {
    pub(super) before: u64,
    pub(super) after: u64,
}

impl Load {
    pub(super) fn start(
        fleet: &Arc<Fleet>,
        resources: [Resource; 2],
        signing: &SigningKey,
        sealing: &SymmetricKey,
    ) -> Self {
        let shared = Arc::new(Shared {
            fleet: fleet.clone(),
            resources,
            kids: Mutex::new(vec![signing.key_id().to_owned()]),
            footers: Mutex::new(vec![sealing.short_id().to_owned()]),
            used_from: AtomicU64::new(u64::MAX),
            stops: AtomicBool::new(false),
            rounds: Default::default(),
        });
        let clients = (0..CLIENTS).map(|client| run(shared.clone(), client));
        Self {
            clients: clients.collect(),
            shared,
        }
    }

    /// Tells which keys are new, and from when on they are used.
    pub(super) fn expect_from(
        &self,
        used_from: Timestamp,
        signing: &SigningKey,
        sealing: &SymmetricKey,
    ) {
        let Shared { kids, footers, .. } = &*self.shared;
        kids.lock().unwrap().push(signing.key_id().to_owned());
        footers.lock().unwrap().push(sealing.short_id().to_owned());
        let secs = used_from.as_secs();
        self.shared.used_from.store(secs, Ordering::SeqCst);
    }

    /// Waits until every client has gone to each server a few times more.
    pub(super) async fn wait_for_rounds(&mut self) {
        let rounds = |shared: &Shared| -> Vec<u64> {
            let all = shared.rounds.iter().flatten();
            all.map(|rounds| rounds.load(Ordering::SeqCst)).collect()
        };
        let before = rounds(&self.shared);
        let went_on = |shared: &Shared| {
            let now = rounds(shared);
            now.iter()
                .zip(&before)
                .all(|(now, before)| *now >= before + 3)
        };
        self.wait(went_on, PATIENCE).await;
    }

    pub(super) async fn wait_until(&mut self, moment: Timestamp) {
        let ahead = moment.since(SystemClock.now());
        self.wait(|_| SystemClock.now() >= moment, ahead + PATIENCE)
            .await;
    }

    async fn wait(&mut self, done: impl Fn(&Shared) -> bool, at_most: Duration) {
        let waited = timeout(at_most, async {
            while !done(&self.shared) {
                if let Some(ended) = self.clients.try_join_next() {
                    panic!("a client ended: {ended:?}");
                }
                sleep(Duration::from_millis(10)).await;
            }
        });
        waited.await.expect("the clients go on");
    }

    /// Stops the clients and counts what they got.
    pub(super) async fn stop(self) -> Served {
        self.shared.stops.store(true, Ordering::SeqCst);
        let mut all = Served::default();
        for Served { before, after } in self.clients.join_all().await {
            all.before += before;
            all.after += after;
        }
        all
    }
}

/// One client, which has only its newest refresh token and its very first access token.
async fn run(shared: Arc<Shared>, client: usize) -> Served {
    let login = shared.fleet.node(client % 2).await.login().await;
    let first = login.text("access_token").to_owned();
    let mut token = login.refresh_token().to_owned();
    let mut served = Served::default();
    for at in [0, 1].into_iter().cycle().skip(client % 2) {
        if shared.stops.load(Ordering::SeqCst) {
            break;
        }
        let sent = SystemClock.now();
        let node = shared.fleet.node(at).await;
        let response = node.refresh(&token).await;
        drop(node);
        assert_eq!(response.summary(), "200", "{response:?}");
        match shared.key_of(&response, sent) {
            0 => served.before += 1,
            _ => served.after += 1,
        }
        for resource in &shared.resources {
            resource.admit(response.text("access_token")).await;
            resource.admit(&first).await;
        }
        response.refresh_token().clone_into(&mut token);
        shared.rounds[client][at].fetch_add(1, Ordering::SeqCst);
    }
    served
}

impl Shared {
    /// Which keys the tokens are of: the old ones before their successors' time, which the server
    /// may have seen at any moment of the request, and then the new ones.
    fn key_of(&self, response: &TestResponse, sent: Timestamp) -> usize {
        let access_token = response.text("access_token");
        let kid = kid_of(access_token);
        let kid = self
            .kids
            .lock()
            .unwrap()
            .iter()
            .position(|known| *known == kid);
        let refresh_token = response.refresh_token();
        let footer = footer_of(refresh_token);
        let footers = self.footers.lock().unwrap();
        let footer = footers.iter().position(|known| *known == footer);
        let used_from = Timestamp::from_secs(self.used_from.load(Ordering::SeqCst));
        for found in [kid, footer] {
            let found = found.expect("a key of the file");
            assert!(found == 1 || sent < used_from, "too late for an old key");
            assert!(found == 0 || used_from <= SystemClock.now(), "too early");
        }
        assert_eq!(kid, footer, "one moment for both tokens");
        kid.expect("a key of the file")
    }
}

fn kid_of(jwt: &str) -> String {
    let header = decoded(jwt.split('.').next().expect("a header"));
    let header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"].as_str().expect("a kid").to_owned()
}

fn footer_of(token: &str) -> String {
    let footer = decoded(token.rsplit('.').next().expect("a footer"));
    String::from_utf8(footer).expect("a short id")
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")
}

const CLIENTS: usize = 6;
