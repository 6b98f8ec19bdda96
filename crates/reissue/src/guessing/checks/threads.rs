//! Threads for checks: started when a check has none, and ended after a while without a check.
//! There are never more threads than checks may run at once.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::queue::Queue;

/// A check that may run.
pub(super) type Task = Box<dyn FnOnce() + Send>;

#[derive(Default)]
pub(super) struct Threads {
    /// Tasks that no thread has taken yet.
    ready: VecDeque<Task>,
    /// Threads without a task that will look for one before they sleep or end.
    free: usize,
    /// All threads.
    total: usize,
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

    fn take(&mut self) -> Option<Task> {
        let task = self.ready.pop_front()?;
        self.free -= 1;
        Some(task)
    }
}

/// Starts a thread for the checks of a queue, if the system has one.
pub(super) fn start(queue: Arc<Queue>) -> bool {
    let thread = thread::Builder::new().name("reissue-checks".to_owned());
    thread.spawn(move || work(&queue)).is_ok()
}

fn work(queue: &Queue) {
    let mut state = queue.lock();
    loop {
        if let Some(task) = state.threads.take() {
            drop(state);
            // A panic ends the check, whose outcome is then set, and not the thread.
            let _ = catch_unwind(AssertUnwindSafe(task));
            state = queue.lock();
            continue;
        }
        let (woken, is_timed_out) = queue.wait_for_task(state, IDLE);
        state = woken;
        if is_timed_out && state.threads.ready.is_empty() {
            state.threads.free -= 1;
            state.threads.total -= 1;
            return;
        }
    }
}

/// How long a thread waits for a task before it ends.
const IDLE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
