use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{TABLE, newest, script_after};
use crate::connection::Connection;
use crate::error::{PostgresStoreError, PostgresStoreErrorKind};
use crate::statement::quoted;

/// Takes the steps that the database lacks, in one transaction.
pub(crate) async fn migrate(
    connection: &mut Connection,
    schema: Option<&str>,
) -> Result<(), PostgresStoreError> {
    let deadline = Instant::now() + PATIENCE;
    match timeout_at(deadline, steps(connection, schema)).await {
        Ok(result) => result.map_err(|error| PostgresStoreError::of_driver(&error)),
        Err(_) => {
            connection.cancel();
            Err(PostgresStoreError::new(PostgresStoreErrorKind::Timeout))
        }
    }
}

async fn steps(
    connection: &mut Connection,
    schema: Option<&str>,
) -> Result<(), tokio_postgres::Error> {
    let client = connection.client();
    // Whoever comes second waits, and then finds nothing to do: at this level, a statement sees
    // what was committed while the one before it waited.
    client
        .batch_execute(&format!(
            "begin isolation level read committed; select pg_advisory_xact_lock({LOCK})"
        ))
        .await?;
    if let Some(schema) = schema {
        let literal = schema.replace('\'', "''");
        if is_missing(client, &format!("to_regnamespace('{}')", quoted(&literal))).await? {
            let create = format!("create schema {}", quoted(schema));
            client.batch_execute(&create).await?;
        }
        let path = format!("set local search_path to {}", quoted(schema));
        client.batch_execute(&path).await?;
    }
    if is_missing(client, "to_regclass('reissue_migration')").await? {
        client.batch_execute(TABLE).await?;
    }
    let number = value(client, "select max(number) from reissue_migration").await?;
    let number = number.and_then(|number| number.parse().ok()).unwrap_or(0);
    if number < newest() {
        client.batch_execute(&script_after(number)).await?;
    }
    client.batch_execute("commit").await
}

/// Returns whether there is no such thing. Checked first, so that a role that may create nothing
/// can find out that nothing is to be done.
async fn is_missing(client: &Client, look_up: &str) -> Result<bool, tokio_postgres::Error> {
    let found = value(client, &format!("select {look_up}")).await?;
    Ok(found.is_none())
}

/// Returns the value of the first column of the first row.
async fn value(client: &Client, query: &str) -> Result<Option<String>, tokio_postgres::Error> {
    let messages = client.simple_query(query).await?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(ToOwned::to_owned),
        _ => None,
    }))
}

/// As long as a table with millions of rows may take, and another node that migrates it.
const PATIENCE: Duration = Duration::from_secs(300);

/// The number of the lock: "reissue" in ASCII.
const LOCK: u64 = 0x0072_6569_7373_7565;
