//! Which node of a cluster has which slots.

use redis::{FromRedisValue, RedisError, Value};

use super::slot::Slot;
use crate::url::Node;

/// The masters of a cluster: first slot, last slot, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Masters(Vec<(u16, u16, Node)>);

impl Masters {
    /// From what `CLUSTER SLOTS` answers.
    pub(crate) fn read(ranges: Value) -> Result<Self, RedisError> {
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

    pub(crate) fn of(&self, slot: Slot) -> Option<&Node> {
        let slot = slot.number();
        let found = self
            .0
            .iter()
            .find(|(first, last, _)| (*first..=*last).contains(&slot));
        found.map(|(_, _, node)| node)
    }

    /// Each once.
    pub(crate) fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.0.iter().map(|(_, _, node)| node.clone()).collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }
}
