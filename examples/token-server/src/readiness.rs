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

/// Asks the store at most once a second, however many ask here. Clones are the same one.
///
/// The path is open, so the response names codes only: addresses and versions are in the log.
#[derive(Clone, Debug)]
pub(crate) struct Readiness(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    server: Server,
    last: Mutex<Option<Asked>>,
}

/// A question that the store was asked.
#[derive(Debug)]
struct Asked {
    at: Instant,
    answer: watch::Receiver<Option<Answer>>,
}

/// What everybody is told until the store is asked again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
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

    /// Returns what the store said within the last second, or is about to say.
    ///
    /// Dropping the future changes nothing: the question is asked by a task of its own. Otherwise hanging up would be a way
    /// to have it asked again.
    pub(crate) async fn answer(&self) -> Answer {
        let mut answer = self.asked();
        match answer.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(answer)) => answer.clone(),
            // The task went down with its runtime.
            Ok(None) | Err(_) => unavailable(),
        }
    }

    fn asked(&self) -> watch::Receiver<Option<Answer>> {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &*last {
            Some(asked) if asked.is_current() => return asked.answer.clone(),
            Some(asked) => asked.answer.borrow().clone(),
            None => None,
        };
        let (sender, answer) = watch::channel(None);
        *last = Some(Asked {
            at: Instant::now(),
            answer: answer.clone(),
        });
        let server = self.0.server.clone();
        tokio::spawn(async move {
            let ready = server.ready().await;
            let answer = answer_of(&ready);
            if before.as_ref() != Some(&answer) {
                log(&ready, before.is_some());
            }
            sender.send_replace(Some(answer));
        });
        answer
    }
}

impl Asked {
    /// It was asked within the last second, or has not been answered.
    fn is_current(&self) -> bool {
        self.at.elapsed() < LONGEST_AGE || self.is_under_way()
    }

    fn is_under_way(&self) -> bool {
        // Without a sender there will be no answer.
        self.answer.borrow().is_none() && self.answer.has_changed().is_ok()
    }
}

fn answer_of(ready: &Result<Vec<Finding>, ServerError>) -> Answer {
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
    Answer::new(
        StatusCode::OK,
        &json!({ "status": "ready", "findings": codes }),
    )
}

fn unavailable() -> Answer {
    Answer::new(
        StatusCode::SERVICE_UNAVAILABLE,
        &json!({ "status": "not ready", "findings": [{ "code": "store-unavailable" }] }),
    )
}

impl Answer {
    fn new(status: StatusCode, body: &Value) -> Self {
        Self {
            status,
            body: body.to_string().into(),
        }
    }
}

/// Logs an answer that differs from the one before. The first one is logged, too: what was logged at the start may be old.
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

/// How old what everybody is told may be.
const LONGEST_AGE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
