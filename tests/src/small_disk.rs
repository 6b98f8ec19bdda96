//! A file system of a few megabytes.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::report;

/// A file system of a few megabytes, in memory. Unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
    size: &'static str,
}

impl SmallDisk {
    /// Mounts a disk of that size, such as `4m`, that everybody may write to. Returns `None`, and
    /// says so, where this user may not mount one.
    ///
    /// # Panics
    ///
    /// When there is no place for the folder.
    #[must_use]
    pub fn mount(size: &'static str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let mounted = Command::new("mount")
            .args([
                "-t",
                "tmpfs",
                "-o",
                &format!("size={size},mode=777"),
                "tmpfs",
            ])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self { folder, size });
        }
        report(format_args!(
            "SKIPPED: this user may not mount a file system"
        ));
        None
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the space that is left.
    ///
    /// # Panics
    ///
    /// When not even an empty file can be created.
    pub fn fill(&self) {
        let mut file = File::create(self.filler()).expect("the disk is writable");
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    /// Gives back so many bytes of what [`fill`](Self::fill) has taken.
    ///
    /// # Panics
    ///
    /// When it has taken less.
    pub fn free_some(&self, bytes: u64) {
        let file = File::options().write(true).open(self.filler());
        let file = file.expect("it was filled");
        let length = file.metadata().expect("it is ours").len();
        file.set_len(length - bytes).expect("it is ours");
    }

    /// Gives back what [`fill`](Self::fill) has taken.
    ///
    /// # Panics
    ///
    /// When it has taken nothing.
    pub fn free(&self) {
        fs::remove_file(self.filler()).expect("it was filled");
    }

    /// Mounts it again as `ro` or `rw`.
    ///
    /// # Panics
    ///
    /// When that fails.
    pub fn remount(&self, mode: &str) {
        let mounted = Command::new("mount")
            .args(["-o", &format!("remount,{mode},size={}", self.size)])
            .arg(self.folder.path())
            .status();
        assert!(mounted.is_ok_and(|status| status.success()), "{mode}");
    }

    fn filler(&self) -> PathBuf {
        self.folder.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is about to end may still have files open.
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.folder.path())
            .status();
    }
}
