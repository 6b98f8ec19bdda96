//! One connection, shared by everybody.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{Cmd, RedisError, Value};
use tokio::time::Instant;

use super::masters::Masters;
use super::slot::Slot;
use crate::url::Node;

/// A connection to a server, or to all of a cluster.
pub(crate) struct Link {
    backend: Backend,
    since: Instant,
    has_served: AtomicBool,
    stalls: [Stall; Slot::GROUPS],
}

#[derive(Clone)]
pub(crate) enum Backend {
    Cluster(ClusterConnection),
    Single(MultiplexedConnection),
}

impl Link {
    pub(crate) fn new(backend: Backend) -> Self {
        Self {
            backend,
            since: Instant::now(),
            has_served: AtomicBool::new(false),
            stalls: [const { Stall::new() }; Slot::GROUPS],
        }
    }

    pub(crate) async fn ask(&self, cmd: &Cmd) -> Result<Value, RedisError> {
        match self.backend.clone() {
            Backend::Cluster(mut connection) => cmd.query_async(&mut connection).await,
            Backend::Single(mut connection) => cmd.query_async(&mut connection).await,
        }
    }

    /// Asks one node of a cluster.
    pub(crate) async fn ask_node(
        &self,
        node: Option<&Node>,
        cmd: &Cmd,
    ) -> Result<Value, RedisError> {
        match (&self.backend, node) {
            (Backend::Cluster(connection), Some(node)) => {
                let node = SingleNodeRoutingInfo::ByAddress {
                    host: node.host.clone(),
                    port: node.port,
                };
                let mut connection = connection.clone();
                let routing = RoutingInfo::SingleNode(node);
                connection
                    .route_command(cmd.clone(), routing)
                    .await?
                    .extract_error()
            }
            _ => self.ask(cmd).await,
        }
    }

    /// The masters of a cluster, with the slots of each; nothing for a single server.
    pub(crate) async fn masters(&self) -> Result<Option<Masters>, RedisError> {
        match &self.backend {
            Backend::Cluster(_) => {
                let mut slots = Cmd::new();
                slots.arg("CLUSTER").arg("SLOTS");
                let ranges = self.ask(&slots).await?;
                Ok(Some(Masters::read(ranges)?))
            }
            Backend::Single(_) => Ok(None),
        }
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.backend, Backend::Cluster(_))
    }

    pub(crate) fn age(&self) -> Duration {
        self.since.elapsed()
    }

    /// Something came back.
    pub(crate) fn responded(&self, slot: Slot) {
        self.has_served.store(true, Ordering::Relaxed);
        self.stall(slot).end();
    }

    /// Whether anything ever came back.
    pub(crate) fn has_served(&self) -> bool {
        self.has_served.load(Ordering::Relaxed)
    }

    /// Nothing came back for a request of that moment. Answers for how long nothing has.
    pub(crate) fn stalled(&self, slot: Slot, asked: Instant) -> Duration {
        let asked = asked.saturating_duration_since(self.since);
        let began = self.stall(slot).begin(asked);
        self.since.elapsed().saturating_sub(began)
    }

    /// A cluster's nodes fall silent one by one, so the slots of one do not speak for those of another.
    fn stall(&self, slot: Slot) -> &Stall {
        match self.backend {
            Backend::Cluster(_) => &self.stalls[slot.group()],
            Backend::Single(_) => &self.stalls[0],
        }
    }
}

/// When the oldest request was sent that has no response after it: nanoseconds plus one, zero for none.
#[derive(Debug)]
struct Stall(AtomicU64);

impl Stall {
    const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn end(&self) {
        if self.0.load(Ordering::Relaxed) != 0 {
            self.0.store(0, Ordering::Relaxed);
        }
    }

    fn begin(&self, asked: Duration) -> Duration {
        let asked = u64::try_from(asked.as_nanos()).unwrap_or(u64::MAX - 1);
        let began = self
            .0
            .compare_exchange(0, asked + 1, Ordering::Relaxed, Ordering::Relaxed)
            .map_or_else(|began| began - 1, |_| asked);
        Duration::from_nanos(began)
    }
}
