use std::time::Duration;

use crate::durability::Durability;

/// The configuration of a store apart from its connections.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) prefix: String,
    pub(crate) concurrency: usize,
    pub(crate) durability: Option<Durability>,
    pub(crate) max_clock_skew: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "reissue:".to_owned(),
            concurrency: 512,
            durability: None,
            max_clock_skew: Duration::from_secs(2),
        }
    }
}
