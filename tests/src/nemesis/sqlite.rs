//! One database in a file, that other programs use too.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Arena, Dice, Fault};
use crate::SmallDisk;

/// A database on a small disk of its own where this user may mount one, and in a folder otherwise:
/// then the disk is never full.
#[derive(Debug)]
pub struct SqliteArena {
    folder: TempDir,
    disk: Option<SmallDisk>,
}

impl SqliteArena {
    /// Makes the folder; the database is made by the first store.
    ///
    /// # Panics
    ///
    /// When there is no place for it.
    #[must_use]
    pub fn start() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            disk: SmallDisk::mount("64m"),
        }
    }

    fn path(&self) -> &Path {
        let disk = self.disk.as_ref().map(SmallDisk::path);
        disk.unwrap_or(self.folder.path())
    }

    /// The file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path().join("sessions.db")
    }

    fn other(&self) -> Connection {
        Connection::open(self.database()).expect("the database is there")
    }

    fn run(&self, sql: &str) {
        // The file may be locked just then.
        let _ = self.other().execute_batch(sql);
    }
}

impl Arena for SqliteArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        let mut faults = vec![
            Fault::new(
                "another process backs it up",
                |it: &Self, dice: &mut Dice| {
                    for _ in 0..dice.below(6) + 2 {
                        let copy = it.path().join("copy.db");
                        it.run(&format!("vacuum into '{}'", copy.display()));
                        let _ = fs::remove_file(copy);
                        thread::sleep(dice.millis(5, 40));
                    }
                },
            ),
            Fault::new(
                "another process dies while it writes",
                |it: &Self, dice: &mut Dice| {
                    for _ in 0..dice.below(8) + 4 {
                        let other = it.other();
                        // Dropped without a commit.
                        let _ = other.execute_batch("begin immediate; delete from session");
                        thread::sleep(dice.millis(5, 60));
                    }
                },
            ),
            Fault::new(
                "another process holds the lock",
                |it: &Self, dice: &mut Dice| {
                    let other = it.other();
                    if other.busy_timeout(Duration::from_secs(5)).is_ok()
                        && other.execute_batch("begin immediate").is_ok()
                    {
                        thread::sleep(dice.millis(300, 1_200));
                    }
                },
            ),
            Fault::new(
                "another process reads for long",
                |it: &Self, dice: &mut Dice| {
                    let other = it.other();
                    let _ = other.execute_batch("begin; select count(*) from session");
                    thread::sleep(dice.millis(300, 1_200));
                },
            ),
            Fault::new(
                "another process empties the log",
                |it: &Self, dice: &mut Dice| {
                    for _ in 0..dice.below(20) + 5 {
                        it.run("pragma wal_checkpoint(truncate)");
                        thread::sleep(dice.millis(5, 40));
                    }
                },
            ),
        ];
        if self.disk.is_some() {
            faults.push(Fault::new("disk full", |it: &Self, dice: &mut Dice| {
                let disk = it.disk.as_ref().expect("there is one");
                disk.fill();
                thread::sleep(dice.millis(200, 1_000));
                disk.free();
            }));
        }
        faults
    }

    fn wait_until_well(&self) {}

    /// Nothing is ever lost here.
    fn epoch(&self) -> String {
        String::new()
    }
}
