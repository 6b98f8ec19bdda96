use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;

/// A lock beside the database, which one process holds: not to keep others out, but to know of
/// them.
#[derive(Debug)]
pub(super) struct ProcessLock {
    path: PathBuf,
    held: Mutex<Option<File>>,
}

impl ProcessLock {
    /// Takes the lock of the database at `path`, if no other process has it.
    pub(super) fn new(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push("-lock");
        let lock = Self {
            path: name.into(),
            held: Mutex::new(None),
        };
        // Tried again by each look: without the lock nothing but the finding is wrong.
        let _ = lock.is_held();
        lock
    }

    /// Returns whether this process has the lock, and takes it if nobody else does.
    pub(super) fn is_held(&self) -> io::Result<bool> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        // Others must not be able to take it.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        match file.try_lock() {
            Ok(()) => {
                *held = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}
