use super::batcher::Batcher;
use super::connection::{Backend, Connection};
use super::options::Options;
use super::{cluster, sentinel, single};
use crate::error::RedisStoreError;
use crate::node::Node;
use crate::topology::Topology;

/// Opens connections to the servers of one topology.
#[derive(Clone)]
pub(crate) struct Dialer {
    topology: Topology,
    options: Options,
}

impl Dialer {
    pub(crate) fn new(topology: Topology, options: Options) -> Self {
        Self { topology, options }
    }

    /// Returns a dialer for one node of the cluster, with the same options.
    pub(crate) fn to_node(&self, node: Node) -> Self {
        Self::new(Topology::Single(node), self.options.clone())
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self.topology, Topology::Cluster(_))
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    pub(crate) async fn dial(&self) -> Result<Connection, RedisStoreError> {
        let options = &self.options;
        let single = |connection| Backend::Single(Batcher::new(connection));
        let backend = match &self.topology {
            Topology::Cluster(nodes) => Backend::Cluster(cluster::connect(options, nodes).await?),
            Topology::Sentinel { sentinels, master } => {
                single(sentinel::connect(options, sentinels, master).await?)
            }
            Topology::Single(node) => single(single::connect(options, node).await?),
        };
        Ok(Connection::new(backend))
    }
}
