use std::time::Duration;

use reissue::Sid;
use reissue::store::{Advance, Attempt, Finding, Revision, SubjectKey};
use tokio::time::{Instant, timeout_at};

use super::findings::findings;
use super::inspection::Inspection;
use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::inner::Inner;

/// Checks that a refresh would succeed, and returns what is wrong with the settings of the servers.
pub(crate) async fn check(inner: &Inner) -> Result<Vec<Finding>, RedisStoreError> {
    match probe(inner).await {
        // Missing rights are a finding, which names them.
        Err(error) if error.kind() != RedisStoreErrorKind::NoPerm => return Err(error),
        _ => {}
    }
    let deadline = Instant::now() + inner.response_timeout();
    let inspections = timeout_at(deadline, inspect(inner))
        .await
        .map_err(|_| RedisStoreError::new(RedisStoreErrorKind::Timeout))??;
    Ok(inspections
        .iter()
        .flat_map(|inspection| findings(inspection, inner.settings()))
        .collect())
}

/// Advances a family that does not exist. That fails whenever a refresh would, and writes nothing.
async fn probe(inner: &Inner) -> Result<(), RedisStoreError> {
    let nonce = inner.attempt();
    let advance = Advance {
        subject: SubjectKey::derive("", &u64::from_be_bytes(nonce).to_string()),
        sid: Sid::from_bytes([0; 16]),
        from: 0,
        to: 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes(nonce),
        history: Duration::ZERO,
        idle: None,
    };
    inner.advance(&advance).await?.status().map(|_| ())
}

/// Inspects the server, or each master of a cluster.
async fn inspect(inner: &Inner) -> Result<Vec<Inspection>, RedisStoreError> {
    let connection = inner.connection().await?;
    let settings = inner.settings();
    let Some(masters) = connection.masters().await? else {
        return Ok(vec![Inspection::of(&connection, None, settings).await?]);
    };
    let mut inspections = Vec::new();
    for node in masters.nodes() {
        inspections.push(Inspection::of(&connection, Some(&node), settings).await?);
    }
    Ok(inspections)
}
