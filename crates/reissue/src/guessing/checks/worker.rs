//! Threads for checks: started when a check has none, and ended after a while without a check.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::shared::Shared;

/// Starts a thread for the checks of a queue, if the system has one.
pub(super) fn start(shared: Arc<Shared>) -> bool {
    let thread = thread::Builder::new().name("reissue-checks".to_owned());
    thread.spawn(move || work(&shared)).is_ok()
}

fn work(shared: &Shared) {
    let mut state = shared.lock();
    loop {
        if let Some(task) = state.threads.take() {
            drop(state);
            // A panic ends the check, whose outcome is then set, and not the thread.
            let _ = catch_unwind(AssertUnwindSafe(task));
            state = shared.lock();
            continue;
        }
        let (woken, is_timed_out) = shared.wait_for_task(state, IDLE);
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
