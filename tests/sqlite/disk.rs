//! Disks that are full or read-only, on a small file system of the test's own.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use reissue::store::Store as _;
use reissue_sqlite::SqliteStoreErrorKind;
use reissue_tests::report;

use crate::support::{Folder, generation, kind, log_in, open, refresh, rotation, session};

/// A file system of a few megabytes, in memory. Only root may mount it.
struct SmallDisk(Folder);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = Folder::new();
        let options = ["-t", "tmpfs", "-o", "size=4m", "tmpfs"];
        let mounted = Command::new("mount")
            .args(options)
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            Some(Self(folder))
        } else {
            report(format_args!(
                "SKIPPED: this user may not mount a file system"
            ));
            None
        }
    }

    fn remount(&self, mode: &str) {
        let options = format!("remount,{mode},size=4m");
        let mut mount = Command::new("mount");
        mount.args(["-o", &options]).arg(self.0.path());
        assert!(mount.status().unwrap().success());
    }

    /// Takes all the space that is left.
    fn fill(&self) {
        let mut file = File::create(self.0.file("filler")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.file("filler")).unwrap();
    }

    fn database(&self) -> std::path::PathBuf {
        self.0.database()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
    }
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_lost_and_clients_are_told() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = open(&disk.database());
    log_in(&store, 0).await;
    refresh(&store, 0, 0).await;
    disk.fill();
    // The log has room in pages that it has already, for a while.
    let mut created = 1;
    let error = loop {
        match store.create(session(created)).await {
            Ok(_) => created += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(kind(&error), SqliteStoreErrorKind::DiskFull);
    let error = store.ready().await.unwrap_err();
    assert_eq!(kind(&error), SqliteStoreErrorKind::DiskFull);
    assert_eq!(generation(&store, 0).await, Some(1));
    assert_eq!(generation(&store, created).await, None);

    disk.free();
    for number in 0..created {
        assert!(generation(&store, number).await.is_some(), "{number}");
    }
    log_in(&store, created).await;
    refresh(&store, 0, 1).await;
    drop(store);
    assert_eq!(generation(&open(&disk.database()), 0).await, Some(2));
}

#[tokio::test]
async fn a_disk_that_is_nearly_full_is_a_finding() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = open(&disk.database());
    assert_eq!(store.ready().await.unwrap(), []);
    disk.fill();
    keep_some(&disk.0.file("filler"));
    let findings = store.ready().await.unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["disk-nearly-full"]);
}

#[tokio::test]
async fn a_disk_that_becomes_read_only_is_an_error_until_it_is_not() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let store = open(&disk.database());
    log_in(&store, 1).await;
    drop(store);
    wait_until_closed(&disk.0.file("sessions.db-wal"));
    disk.remount("ro");
    let error = reissue_sqlite::SqliteStore::open(disk.database()).unwrap_err();
    let kind = error.kind();
    assert!(
        matches!(
            kind,
            SqliteStoreErrorKind::ReadOnly | SqliteStoreErrorKind::CannotOpen
        ),
        "{error}"
    );
    disk.remount("rw");
    let store = open(&disk.database());
    refresh(&store, 1, 0).await;
    assert!(store.advance(rotation(1, 1)).await.is_ok());
}

/// Gives back some pages of a file that takes all the space.
fn keep_some(filler: &Path) {
    let length = fs::metadata(filler).unwrap().len();
    let file = File::options().write(true).open(filler).unwrap();
    file.set_len(length - 100_000).unwrap();
}

fn wait_until_closed(log: &Path) {
    for _ in 0..10_000 {
        if !log.exists() {
            return;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
    panic!("the database was not closed");
}
