use std::time::Duration;

/// The configuration of a store apart from its connections.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) schema: Option<String>,
    pub(crate) connections: usize,
    pub(crate) response_timeout: Duration,
    pub(crate) is_prepared: bool,
    pub(crate) is_relaxed: bool,
    /// How long a revocation may wait for a standby; `None` if it need not reach one.
    pub(crate) replication_timeout: Option<Duration>,
    pub(crate) max_clock_skew: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: None,
            connections: 16,
            response_timeout: Duration::from_millis(500),
            is_prepared: false,
            is_relaxed: false,
            replication_timeout: None,
            max_clock_skew: Duration::from_secs(2),
        }
    }
}
