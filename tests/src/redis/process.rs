//! A process that ends with the value that started it.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A running process, what it says written to a file.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
}

impl Process {
    /// Starts `PREFIX-suffix` in this directory.
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub(super) fn start(suffix: &str, args: &[&str], dir: &Path) -> Self {
        let program = program(suffix);
        let out = File::options()
            .create(true)
            .append(true)
            .open(dir.join(LOG))
            .expect("the log opens in a directory of our own");
        let err = out.try_clone().expect("a file can be cloned");
        let child = Command::new(&program)
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn();
        match child {
            Ok(child) => Self { child },
            Err(error) => {
                panic!("{program} does not start ({error}): run tests/run, which installs it")
            }
        }
    }

    pub(super) fn has_ended(&mut self) -> bool {
        self.child
            .try_wait()
            .expect("our own child can be waited for")
            .is_some()
    }

    pub(super) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("our own child takes signals until it was waited for");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the processes of this directory have said.
pub(super) fn log(dir: &Path) -> String {
    fs::read_to_string(dir.join(LOG)).unwrap_or_default()
}

fn program(suffix: &str) -> String {
    let prefix = std::env::var("REISSUE_TEST_REDIS").unwrap_or_else(|_| "redis".to_owned());
    format!("{prefix}-{suffix}")
}

const LOG: &str = "log";
