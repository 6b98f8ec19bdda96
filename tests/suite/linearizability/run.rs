//! A run: clients and nemesis at once, and then the verdict.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reissue::Policy;
use reissue::store::BoxedStore;
use reissue_tests::TestKeys;
use reissue_tests::history::{Entry, History, Response, Spec, check};
use reissue_tests::model::{Name, Wording};
use reissue_tests::nemesis::{Arena, Dice, Nemesis, Tally, seed};
use tokio::sync::{Mutex, MutexGuard, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

use super::client::Client;
use super::node::{Node, WORDS};

/// What is to be run.
pub(super) struct Run {
    stores: Vec<BoxedStore>,
    pause: (u64, u64),
    amends: bool,
}

/// How a client behaves, and which policy it lives by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Never ends its session; grace is longer than any run.
    Honest,
    /// The same grace, but it logs out now and then.
    Leaving,
    /// Grace is a second and a half.
    Brief,
    /// No grace at all.
    Strict,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Honest, Self::Leaving, Self::Brief, Self::Strict];

    pub(super) fn of(number: usize) -> Self {
        Self::ALL[number % 4]
    }

    pub(super) fn client(self) -> &'static str {
        match self {
            Self::Honest | Self::Leaving => "patient",
            Self::Brief => "brief",
            Self::Strict => "strict",
        }
    }

    pub(super) fn is_honest(self) -> bool {
        self == Self::Honest
    }

    pub(super) fn depends_on_time(self) -> bool {
        self == Self::Brief
    }

    /// More than a failover of a busy machine loses, for those who must not be logged out: beyond
    /// it a session ends.
    fn heal_limit(self) -> u8 {
        match self {
            Self::Honest | Self::Leaving => u8::MAX,
            Self::Brief | Self::Strict => Policy::default().heal_limit(),
        }
    }

    /// How the grants of its sessions are written.
    fn wording(self) -> Wording {
        Wording {
            client: self.client(),
            words: &WORDS,
        }
    }

    fn grace(self) -> Duration {
        match self {
            Self::Honest | Self::Leaving => Spec::FOREVER,
            Self::Brief => Duration::from_millis(1_500),
            Self::Strict => Duration::ZERO,
        }
    }
}

impl Run {
    /// A node on each of these.
    pub(super) fn new(stores: Vec<BoxedStore>) -> Self {
        Self {
            stores,
            pause: (40, 120),
            amends: false,
        }
    }

    /// How many milliseconds a client waits between two things.
    pub(super) fn with_pause(self, from: u64, to: u64) -> Self {
        Self {
            pause: (from, to),
            ..self
        }
    }

    /// Hosts change what sessions are granted.
    pub(super) fn with_amendments(self) -> Self {
        Self {
            amends: true,
            ..self
        }
    }

    pub(super) async fn against<A: Arena + 'static>(mut self, arena: A) {
        let seed = seed();
        let history = History::new();
        let nodes = Arc::new(self.nodes());
        let mut dice = Dice::new(seed);
        let (over, is_over) = watch::channel(false);
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let mut client = Client {
                number,
                kind: Kind::of(number),
                nodes: nodes.clone(),
                history: history.clone(),
                dice: dice.fork(),
                pause: self.pause,
                amends: self.amends,
                held: None,
                old: Vec::new(),
            };
            client.login().await;
            assert!(client.held.is_some(), "everybody can log in at first");
            clients.spawn(client.run(is_over.clone()));
        }
        let nemesis = Nemesis::new(arena, seed, history.clone());
        let at_least = Duration::from_secs(seconds());
        let nemesis = spawn_blocking(move || nemesis.run(at_least));
        let (tally, watch) = nemesis.await.expect("the nemesis has its way");
        // What the last fault held up has arrived or never will.
        sleep(Duration::from_secs(1)).await;
        over.send_replace(true);
        let mut clients = clients.join_all().await;
        let mut logged_out = Vec::new();
        for client in clients.iter_mut().filter(|client| client.kind.is_honest()) {
            if !can_refresh(client).await {
                logged_out.push(client.number);
            }
        }
        let ended = spawn_blocking(move || watch.end());
        ended.await.expect("all is well in the end");
        verdict(seed, &history, &tally, self.amends);
        assert_eq!(logged_out, [0; 0], "honest clients that cannot refresh");
    }

    fn nodes(&mut self) -> Vec<Node> {
        let keys = TestKeys::generate();
        let policies = [Kind::Honest, Kind::Brief, Kind::Strict].map(|kind| {
            let policy = Policy::builder()
                .with_grace(kind.grace())
                .with_retry_cap(u32::MAX)
                .with_heal_limit(kind.heal_limit())
                .build()
                .expect("a good grace");
            (kind.client(), policy)
        });
        let stores = mem::take(&mut self.stores).into_iter();
        stores
            .map(|store| Node::new(store, &keys, &policies))
            .collect()
    }
}

/// Whether a client can go on when all is well again.
async fn can_refresh(client: &mut Client) -> bool {
    let held = client.held.clone().expect("it is never without a token");
    let patience = Instant::now() + Duration::from_secs(10);
    while Instant::now() < patience {
        client.refresh_once(&held).await;
        let newest = client.held.as_ref().map(|held| held.token.generation);
        if newest > Some(held.token.generation) {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

#[expect(
    clippy::print_stderr,
    reason = "counts are worth seeing where nothing failed too"
)]
fn verdict(seed: u64, history: &History, tally: &Tally, amends: bool) {
    let entries = history.entries();
    let disturbances = history.disturbances();
    let began = Instant::now();
    let spec = |name: Name| {
        let kind = Kind::of(usize::from(name.subject));
        Spec {
            heal_limit: kind.heal_limit().into(),
            ..Spec::new(kind.grace(), kind.wording())
        }
    };
    let checked = check(&entries, &disturbances, spec);
    let took = began.elapsed();
    let counts = counts(&entries);
    let told = format!(
        "REISSUE_TEST_SEED={seed}, {} operations, checked in {took:?}\n{counts:#?}\n{tally}",
        entries.len()
    );
    match checked {
        Ok(sessions) => eprintln!("{sessions} sessions are explained: {told}"),
        Err(refutation) => panic!("{refutation}{told}"),
    }
    for (name, count) in &tally.faults {
        assert!(*count > 0, "{name} never happened: {told}");
    }
    for label in LABELS.iter().chain(amends.then_some(&"amend")) {
        let (answered, _) = counts.get(label).copied().unwrap_or_default();
        assert!(answered >= LEAST, "too few were answered: {label}: {told}");
    }
    let is_refusal = |entry: &&Entry| matches!(entry.answered, Some((_, Response::Refused(_))));
    assert!(entries.iter().filter(is_refusal).count() > 50, "{told}");
    assert!(
        entries
            .iter()
            .filter(|entry| entry.answered.is_none())
            .count()
            > 50,
        "{told}"
    );
}

/// The number of operations with and without a response, by label.
fn counts(entries: &[Entry]) -> BTreeMap<&'static str, (usize, usize)> {
    let mut counts = BTreeMap::<_, (usize, usize)>::new();
    for entry in entries {
        let (answered, unknown) = counts.entry(entry.label).or_default();
        match entry.answered {
            Some(_) => *answered += 1,
            None => *unknown += 1,
        }
    }
    counts
}

/// One run at a time: two nemeses would be one too many for the machine.
pub(super) async fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().await
}

/// How long each run takes at least.
fn seconds() -> u64 {
    match std::env::var("REISSUE_TEST_SECONDS") {
        Ok(seconds) => seconds.parse().expect("REISSUE_TEST_SECONDS is a number"),
        Err(_) => 10,
    }
}

pub(super) const CLIENTS: usize = 64;
pub(super) const NODES: usize = 3;

/// The operations that must have at least [`LEAST`] responses.
const LABELS: [&str; 13] = [
    "after the end",
    "hang up",
    "introspect",
    "list",
    "login",
    "narrow",
    "race",
    "refresh",
    "replay",
    "retry",
    "revoke all",
    "revoke session",
    "revoke token",
];
const LEAST: usize = 5;

static ALONE: Mutex<()> = Mutex::const_new(());
