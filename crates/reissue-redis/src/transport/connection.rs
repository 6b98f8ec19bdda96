use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo};
use redis::{Cmd, RedisError, Value};
use tokio::time::Instant;

use super::batcher::Batcher;
use super::masters::Masters;
use super::slot::Slot;
use super::stall::Stall;
use crate::error::RedisStoreError;
use crate::node::Node;

/// A connection to one server or to a whole cluster, which all requests share.
pub(crate) struct Connection {
    backend: Backend,
    opened: Instant,
    has_served: AtomicBool,
    stalls: [Stall; Slot::GROUPS],
}

/// The driver's connection.
#[derive(Clone)]
pub(super) enum Backend {
    Cluster(ClusterConnection),
    Single(Batcher),
}

impl Connection {
    pub(super) fn new(backend: Backend) -> Self {
        Self {
            backend,
            opened: Instant::now(),
            has_served: AtomicBool::new(false),
            stalls: [const { Stall::none() }; Slot::GROUPS],
        }
    }

    /// Sends a command and returns the response.
    pub(crate) async fn query(&self, cmd: &Cmd) -> Result<Value, RedisError> {
        match &self.backend {
            Backend::Cluster(connection) => cmd.query_async(&mut connection.clone()).await,
            Backend::Single(batcher) => cmd.query_async(&mut batcher.connection()).await,
        }
    }

    /// Sends a command, to a single server together with others, and returns the response.
    pub(crate) async fn query_together(&self, cmd: Cmd) -> Result<Value, RedisError> {
        match &self.backend {
            Backend::Cluster(_) => self.query(&cmd).await,
            Backend::Single(batcher) => batcher.query(cmd).await,
        }
    }

    /// Sends a command to one node of a cluster.
    pub(crate) async fn query_node(
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
            _ => self.query(cmd).await,
        }
    }

    /// Returns the masters of a cluster; `None` for a single server.
    pub(crate) async fn masters(&self) -> Result<Option<Masters>, RedisStoreError> {
        match &self.backend {
            Backend::Cluster(_) => {
                let mut slots = Cmd::new();
                slots.arg("CLUSTER").arg("SLOTS");
                let masters = self.query(&slots).await.and_then(Masters::parse);
                masters.map(Some).map_err(RedisStoreError::of_command)
            }
            Backend::Single(_) => Ok(None),
        }
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.backend, Backend::Cluster(_))
    }

    pub(crate) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// Records a response.
    pub(crate) fn responded(&self, slot: Slot) {
        self.has_served.store(true, Ordering::Relaxed);
        self.stall(slot).end();
    }

    /// Returns whether there ever was a response.
    pub(crate) fn has_served(&self) -> bool {
        self.has_served.load(Ordering::Relaxed)
    }

    /// Records that a request sent at that time got no response. Returns for how long there has
    /// been none.
    pub(crate) fn stalled(&self, slot: Slot, sent: Instant) -> Duration {
        let sent = sent.saturating_duration_since(self.opened);
        let began = self.stall(slot).begin(sent);
        self.opened.elapsed().saturating_sub(began)
    }

    /// Returns the stall of the slot's group. The nodes of a cluster stall one by one, so the slots
    /// of one say nothing about those of another.
    fn stall(&self, slot: Slot) -> &Stall {
        match self.backend {
            Backend::Cluster(_) => &self.stalls[slot.group()],
            Backend::Single(_) => &self.stalls[0],
        }
    }
}
