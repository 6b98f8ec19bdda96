//! Deadlines without a runtime: one thread sleeps until the next one, and ends after a while
//! without any.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::shared::Shared;

/// Watches the deadlines of a queue on a thread of its own, if the system has one.
pub(super) fn start(shared: Arc<Shared>) -> bool {
    let thread = thread::Builder::new().name("reissue-deadlines".to_owned());
    thread.spawn(move || expire(&shared)).is_ok()
}

fn expire(shared: &Shared) {
    let mut is_idle = false;
    loop {
        let mut state = shared.lock();
        let now = Instant::now();
        if let Some((ticket, due)) = state.deadlines.pop_due(now) {
            let (reply, outcome) = state.expire(ticket, due);
            // Unlocked first: the reply wakes the application's code.
            drop(state);
            reply.settle(outcome);
            continue;
        }
        let next = state.deadlines.next.first_key_value();
        let until_next = next.map(|((expires, _), _)| expires.saturating_duration_since(now));
        if until_next.is_none() && is_idle {
            state.deadlines.is_watched = false;
            return;
        }
        is_idle = until_next.is_none();
        drop(shared.wait(state, until_next.unwrap_or(IDLE)));
    }
}

/// How long the thread waits for a deadline before it ends.
const IDLE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 10 });
