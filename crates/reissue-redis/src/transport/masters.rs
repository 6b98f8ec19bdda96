use redis::{FromRedisValue, RedisError, Value};

use super::slot::Slot;
use crate::node::Node;

/// The masters of a cluster, by ranges of slots: the first, the last, and the node that has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Masters(Vec<(u16, u16, Node)>);

impl Masters {
    /// Parses the response to `CLUSTER SLOTS`.
    pub(super) fn parse(ranges: Value) -> Result<Self, RedisError> {
        let ranges = Vec::<Vec<Value>>::from_redis_value(ranges)?;
        let mut masters = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut parts = range.into_iter();
            let mut next = || parts.next().unwrap_or_default();
            let first = u16::from_redis_value(next())?;
            let last = u16::from_redis_value(next())?;
            let mut master = Vec::<Value>::from_redis_value(next())?.into_iter();
            let host = String::from_redis_value(master.next().unwrap_or_default())?;
            let port = u16::from_redis_value(master.next().unwrap_or_default())?;
            masters.push((first, last, Node { host, port }));
        }
        Ok(Self(masters))
    }

    /// Returns the master that has the slot.
    pub(crate) fn master_of(&self, slot: Slot) -> Option<&Node> {
        let slot = slot.number();
        let found = self
            .0
            .iter()
            .find(|(first, last, _)| (*first..=*last).contains(&slot));
        found.map(|(_, _, node)| node)
    }

    /// Returns each master once.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.0.iter().map(|(_, _, node)| node.clone()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}
