//! A disk that is full.

use std::process::Command;

use reissue::store::{Advanced, Create, Store};
use reissue_postgres::{PostgresStore, PostgresStoreErrorKind as Kind};
use reissue_tests::SmallDisk;
use reissue_tests::postgres::PostgresServer;

use super::harness::{
    PATIENCE, family, generation, kind, migrated, rotation, sid, subject_of, until_ok,
};

/// A table that cannot grow is an error with a name; what is there is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount("24m") else {
        return;
    };
    let server = PostgresServer::start();
    let space = disk.path().join("space");
    std::fs::create_dir(&space).expect("the disk is empty");
    let owner = Command::new("chown").arg("postgres").arg(&space).status();
    assert!(owner.is_ok_and(|status| status.success()));
    server
        .run(&format!(
            "create tablespace small location '{}'",
            space.display()
        ))
        .await;
    server
        .run("alter role postgres set default_tablespace = small")
        .await;
    let store =
        migrated(PostgresStore::builder(server.url()).with_response_timeout(PATIENCE)).await;
    store.create(family(sid(1))).await.expect("it serves");

    // Half of the disk is somebody else's, who gives it back.
    let other = space.join("other");
    std::fs::write(&other, vec![1; 8 << 20]).expect("there is room");
    let details = vec![7_u8; 1_500];
    let mut full = None;
    for number in 0..20_000_u32 {
        let create = Create {
            subject: subject_of(&number.to_string()),
            details: details.clone().into(),
            ..family(sid(2))
        };
        let created = store.create(create).await;
        if created.is_err() {
            full = Some(kind(created));
            break;
        }
    }
    assert_eq!(full, Some(Kind::DiskFull));
    assert_eq!(generation(&store, sid(1)).await, 0, "looks are served");
    std::fs::remove_file(&other).expect("it is ours");
    let advanced = until_ok(async || store.advance(rotation(sid(1), 0)).await).await;
    assert_eq!(advanced, Advanced::Done);
    drop(store);
    drop(server);
    drop(disk);
}
