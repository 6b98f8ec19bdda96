use std::time::Duration;

/// How many replicas must have a revocation before it succeeds, and how long to wait for them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Durability {
    pub(crate) replicas: u32,
    pub(crate) timeout: Duration,
}
