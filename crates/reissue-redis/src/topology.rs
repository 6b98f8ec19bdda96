use crate::node::Node;

/// The servers that a URL names, and how they are set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Topology {
    /// A Redis Cluster, found through any of these nodes.
    Cluster(Vec<Node>),
    /// The server that these sentinels name as the master.
    Sentinel {
        sentinels: Vec<Node>,
        master: String,
    },
    /// One server.
    Single(Node),
}
