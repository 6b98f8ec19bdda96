//! Which process runs where: the server has a core to itself.

use std::io;
use std::num::NonZero;
use std::thread::available_parallelism;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Which process runs on which core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cores {
    /// All token servers.
    pub(crate) server: usize,
    /// The load generator, and the server of a store where there is no third core.
    pub(crate) load: usize,
    pub(crate) store: usize,
}

impl Cores {
    pub(crate) fn of_this_machine() -> io::Result<Self> {
        let count = available_parallelism().map(NonZero::get)?;
        Ok(Self {
            server: 0,
            load: 1.min(count - 1),
            store: 2.min(count - 1),
        })
    }
}

/// Does something on one core; the processes that it starts stay there.
pub(crate) fn pinned<T>(core: usize, work: impl FnOnce() -> T) -> io::Result<T> {
    let before = sched_getaffinity(None)?;
    let mut only = CpuSet::new();
    only.set(core);
    sched_setaffinity(None, &only)?;
    let result = work();
    sched_setaffinity(None, &before)?;
    Ok(result)
}
