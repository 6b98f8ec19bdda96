//! What an operator ought to know of a configuration that can be served.

use tracing::{info, warn};

/// Findings in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

/// One sentence about one key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    /// For information.
    Note(String),
    /// Allowed, but unwise.
    Warning(String),
}

impl Findings {
    pub(crate) fn note(&mut self, text: String) {
        self.0.push(Finding::Note(text));
    }

    pub(crate) fn warn(&mut self, text: String) {
        self.0.push(Finding::Warning(text));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// Writes a log line for each.
    pub(crate) fn log(&self) {
        for finding in &self.0 {
            match finding {
                Finding::Note(text) => info!("{text}"),
                Finding::Warning(text) => warn!("{text}"),
            }
        }
    }
}
