//! How many threads there are, and the tasks for them. There are never more threads than checks
//! may run at once.

use std::collections::VecDeque;

/// A check that may run.
pub(super) type Task = Box<dyn FnOnce() + Send>;

#[derive(Default)]
pub(super) struct Threads {
    /// Tasks that no thread has taken yet.
    pub(super) ready: VecDeque<Task>,
    /// Threads without a task that will look for one before they sleep or end.
    pub(super) free: usize,
    /// All threads.
    pub(super) total: usize,
}

impl Threads {
    /// Makes sure that a thread will take one more task. Returns `false` if all are busy and the
    /// system starts no other.
    pub(super) fn find_one(&mut self, start: impl FnOnce() -> bool) -> bool {
        if self.free > self.ready.len() {
            return true;
        }
        let is_started = start();
        if is_started {
            self.free += 1;
            self.total += 1;
        }
        is_started
    }

    /// Passes a task to the thread that [`find_one`](Self::find_one) has found.
    pub(super) fn give(&mut self, task: Task) {
        self.ready.push_back(task);
    }

    /// Notes that the current thread has finished its task and is about to look for another.
    pub(super) fn note_free(&mut self) {
        self.free += 1;
    }

    /// Returns whether there are no threads, so that no waiting check would ever run.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub(super) fn take(&mut self) -> Option<Task> {
        let task = self.ready.pop_front()?;
        self.free -= 1;
        Some(task)
    }
}
