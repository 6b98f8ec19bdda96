use std::sync::Arc;

use reissue::store::Finding;

use super::findings::findings;
use super::inspection::Inspection;
use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::inner::{Command, Effect, Inner};

/// Checks that a refresh would succeed, and returns what is wrong with the settings of the server.
pub(crate) async fn check(inner: &Arc<Inner>) -> Result<Vec<Finding>, PostgresStoreError> {
    let mut inspection = Inspection::of(inner).await?;
    match probe(inner).await {
        // Looks are served, and so are those who only verify.
        Err(error) if error.kind() == PostgresStoreErrorKind::ReadOnly => {
            inspection.is_read_only = true;
        }
        result => result?,
    }
    Ok(findings(&inspection, inner.settings()))
}

/// Advances a family that does not exist. That fails whenever a refresh would, and writes nothing.
async fn probe(inner: &Arc<Inner>) -> Result<(), PostgresStoreError> {
    let nobody: &[u8; 0] = &[];
    let command = Command {
        statement: |statements| &statements.advance,
        parameters: vec![
            nobody.into(),
            nobody.into(),
            0.into(),
            1.into(),
            nobody.into(),
            nobody.into(),
            0.into(),
            None::<i64>.into(),
            false.into(),
        ],
        effect: Effect::Look,
    };
    inner.execute(command).await.map(|_| ())
}
