use std::time::Duration;

use reissue::SystemClock;
use tempfile::TempDir;

use super::super::request::{Reply, request};
use super::*;
use crate::ready::Probe;
use crate::writer::Verb;

/// Always fails, after it has written.
struct Failing;

impl Verb for Failing {
    type Output = ();

    const ACCESS: Access = Access::Write(Swept {
        sessions: 0,
        one_time_ids: 0,
    });

    fn run(&self, open: &Open, _: reissue::Timestamp) -> Result<(), SqliteStoreError> {
        let inserted = open
            .connection()
            .execute("insert into one_time_id values (x'00', 1)", []);
        inserted.map_err(SqliteStoreError::of)?;
        let missing = open.connection().execute("delete from nothing", []);
        missing.map(|_| ()).map_err(SqliteStoreError::of)
    }
}

fn batches() -> (TempDir, Batches) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::open(folder.path().join("sessions.db"), Duration::from_secs(1));
    let batches = Batches::new(database.expect("a database"), Arc::new(SystemClock));
    (folder, batches)
}

fn number(batches: &mut Batches, sql: &str) -> i64 {
    let open = batches.database.open_file().expect("it is open");
    open.connection()
        .query_row(sql, [], |row| row.get(0))
        .expect("a number")
}

fn is_done<T>(mut reply: Reply<T>) -> bool {
    reply.try_recv().expect("a reply").is_ok()
}

/// 2 is `full`: the commit waits for the disk. 1 is `normal`.
#[test]
fn a_transaction_waits_for_the_disk_if_one_of_its_operations_must() {
    let (_folder, mut batches) = batches();
    for (durabilities, synchronous) in [
        (&[Durability::Relaxed][..], 1),
        (&[Durability::Relaxed, Durability::Synchronous], 2),
        (&[Durability::Relaxed, Durability::Relaxed], 1),
        (&[Durability::Synchronous], 2),
    ] {
        let (batch, replies): (Vec<_>, Vec<_>) = durabilities
            .iter()
            .map(|durability| request(Probe, *durability))
            .unzip();
        batches.run(batch);
        assert!(replies.into_iter().all(is_done));
        assert_eq!(number(&mut batches, "pragma synchronous"), synchronous);
    }
}

#[test]
fn an_operation_that_fails_undoes_itself_and_no_other() {
    let (_folder, mut batches) = batches();
    let (first, first_reply) = request(Probe, Durability::Synchronous);
    let (failing, failed) = request(Failing, Durability::Synchronous);
    let (last, last_reply) = request(Probe, Durability::Synchronous);
    batches.run(vec![first, failing, last]);
    assert!(is_done(first_reply) && !is_done(failed) && is_done(last_reply));
    assert_eq!(number(&mut batches, "select count(*) from probe"), 1);
    assert_eq!(number(&mut batches, "select count(*) from one_time_id"), 0);
}

#[test]
fn an_operation_that_nobody_waits_for_is_not_begun() {
    let (_folder, mut batches) = batches();
    let (request, reply) = request(Probe, Durability::Synchronous);
    drop(reply);
    batches.run(vec![request]);
    assert_eq!(number(&mut batches, "select count(*) from probe"), 0);
}
