//! Waiting for what happens in other processes.

use std::thread;
use std::time::{Duration, Instant};

/// Asks again and again until there is a response. Blocks.
///
/// # Panics
///
/// When there is none in time; the text names `what` was waited for.
pub fn wait_until<T>(what: &str, within: Duration, ask: impl FnMut() -> Option<T>) -> T {
    match poll(within, ask) {
        Some(response) => response,
        None => panic!("waited {within:?} in vain: {what}"),
    }
}

/// Asks again and again until there is a response or no time left.
pub(super) fn poll<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + within;
    loop {
        let response = ask();
        if response.is_some() || Instant::now() >= deadline {
            return response;
        }
        thread::sleep(PAUSE);
    }
}

const PAUSE: Duration = Duration::from_millis(20);
