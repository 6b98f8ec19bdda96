//! `/readyz`: whether the store can serve.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use http::StatusCode;
use reissue::store::Finding;
use reissue::{Server, ServerError};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{error, info, warn};

/// Asks the store at most once a second, however many requests there are. Clones share this.
///
/// The path is open, so the response names codes only: addresses and versions are in the log.
#[derive(Clone, Debug)]
pub(crate) struct Readiness(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    server: Server,
    last: Mutex<Option<Check>>,
}

/// A check of the store.
#[derive(Debug)]
struct Check {
    at: Instant,
    report: watch::Receiver<Option<Report>>,
}

/// The response to every request until the store is asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
}

impl Readiness {
    pub(crate) fn new(server: Server) -> Self {
        Self(Arc::new(Shared {
            server,
            last: Mutex::default(),
        }))
    }

    /// Returns the result of a check that is at most a second old, or under way.
    ///
    /// Dropping the future changes nothing: the check runs in a task of its own. Otherwise clients
    /// could start more checks by disconnecting.
    pub(crate) async fn report(&self) -> Report {
        let mut report = self.check();
        match report.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(report)) => report.clone(),
            // The task went down with its runtime.
            Ok(None) | Err(_) => unavailable(),
        }
    }

    fn check(&self) -> watch::Receiver<Option<Report>> {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &*last {
            Some(check) if check.is_current() => return check.report.clone(),
            Some(check) => check.report.borrow().clone(),
            None => None,
        };
        let (sender, report) = watch::channel(None);
        *last = Some(Check {
            at: Instant::now(),
            report: report.clone(),
        });
        let server = self.0.server.clone();
        tokio::spawn(async move {
            let ready = server.ready().await;
            let report = report_of(&ready);
            if before.as_ref() != Some(&report) {
                log(&ready, before.is_some());
            }
            sender.send_replace(Some(report));
        });
        report
    }
}

impl Check {
    /// Returns whether the check is at most a second old, or under way.
    fn is_current(&self) -> bool {
        self.at.elapsed() < LONGEST_AGE || self.is_under_way()
    }

    fn is_under_way(&self) -> bool {
        // Without a sender there will be no report.
        self.report.borrow().is_none() && self.report.has_changed().is_ok()
    }
}

fn report_of(ready: &Result<Vec<Finding>, ServerError>) -> Report {
    let Ok(findings) = ready else {
        return unavailable();
    };
    let mut codes: Vec<Value> = Vec::new();
    for finding in findings {
        // A code for each node of a cluster would tell how many there are.
        let code = json!({ "code": finding.code });
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    Report::new(
        StatusCode::OK,
        &json!({ "status": "ready", "findings": codes }),
    )
}

fn unavailable() -> Report {
    Report::new(
        StatusCode::SERVICE_UNAVAILABLE,
        &json!({ "status": "not ready", "findings": [{ "code": "store-unavailable" }] }),
    )
}

impl Report {
    fn new(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string().into(),
        }
    }
}

/// Logs a result that differs from the one before. The first one is logged, too: the start may be
/// long ago.
fn log(ready: &Result<Vec<Finding>, ServerError>, is_change: bool) {
    match ready {
        Ok(findings) => {
            for finding in findings {
                warn!("store: {}: {}", finding.code, finding.detail);
            }
            if is_change {
                info!(findings = findings.len(), "store: ready");
            }
        }
        Err(error) => error!(error = error as &(dyn Error + 'static), "store: not ready"),
    }
}

/// The greatest age of a result.
const LONGEST_AGE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
