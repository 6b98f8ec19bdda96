//! What the test and the connections share.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::command::Command;
use super::rules::{Fault, Rules};

/// What the test and the connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) upstream: u16,
    switches: watch::Sender<Switches>,
    state: Mutex<State>,
}

/// How connections are treated as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Switches {
    pub(super) command_delay: Duration,
    pub(super) reply_delay: Duration,
    /// Connections with a lower number pass nothing on.
    pub(super) dark_below: u64,
    /// Connections with a lower number end.
    pub(super) reset_below: u64,
}

#[derive(Debug, Default)]
struct State {
    rules: Rules,
    opened: u64,
    open: u64,
    commands: BTreeMap<String, u64>,
    faults: u64,
}

impl Shared {
    pub(super) fn new(upstream: u16) -> Self {
        Self {
            upstream,
            switches: watch::Sender::default(),
            state: Mutex::default(),
        }
    }

    pub(super) fn switches(&self) -> watch::Receiver<Switches> {
        self.switches.subscribe()
    }

    pub(super) fn switch(&self, change: impl FnOnce(&mut Switches)) {
        self.switches.send_modify(change);
    }

    pub(super) fn rules<T>(&self, change: impl FnOnce(&mut Rules) -> T) -> T {
        change(&mut self.state().rules)
    }

    /// The number of a new connection.
    pub(super) fn open(&self) -> u64 {
        let mut state = self.state();
        state.open += 1;
        state.opened += 1;
        state.opened - 1
    }

    pub(super) fn close(&self) {
        self.state().open -= 1;
    }

    /// Counts a command, and says what happens to it.
    pub(super) fn judge(&self, command: &Command) -> Option<Fault> {
        let mut state = self.state();
        *state.commands.entry(command.name().to_owned()).or_default() += 1;
        let fault = state.rules.judge(command);
        state.faults += u64::from(fault.is_some());
        fault
    }

    pub(super) fn opened(&self) -> u64 {
        self.state().opened
    }

    pub(super) fn open_now(&self) -> u64 {
        self.state().open
    }

    pub(super) fn faults(&self) -> u64 {
        self.state().faults
    }

    pub(super) fn commands(&self, name: &str) -> u64 {
        let state = self.state();
        state
            .commands
            .get(&name.to_uppercase())
            .copied()
            .unwrap_or(0)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
