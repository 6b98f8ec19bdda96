//! `HttpServer` of `reissue-hyper`: what bounds a peer, on connections in memory and with time
//! paused.

mod connections;
mod http1;
mod http2;
mod peer;
mod readiness;
mod stopping;

use std::time::Duration;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Timers of tokio are exact to a millisecond or two.
fn about(duration: Duration, seconds: u64) {
    let expected = secs(seconds)..secs(seconds) + Duration::from_millis(20);
    assert!(
        expected.contains(&duration),
        "{duration:?} instead of {seconds} s"
    );
}
