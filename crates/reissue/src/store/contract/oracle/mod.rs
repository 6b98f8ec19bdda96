//! Random sequences of calls, each compared with what a list returns.
//!
//! On a clock that the test owns, times are of milliseconds, time passes and steps back between the
//! calls, and what the store returns must be the same to the millisecond. On a clock that goes on
//! by itself, times are of minutes, so that nothing expires while a sequence runs but what had no
//! time to live; times then agree if they are near.

mod agree;
mod list;
mod random;
mod replay;
mod step;

use std::time::Duration;

use self::replay::Replay;
use self::step::Steps;
use super::Harness;

/// Every sequence of calls returns what the documentation of [`Store`](crate::store::Store)
/// requires, which is what a plain list returns.
pub(super) async fn random_calls_return_what_a_list_returns(harness: &impl Harness) {
    let clock_is_owned = harness.step_back(Duration::ZERO).await;
    let unit = match clock_is_owned {
        true => Duration::from_millis(1),
        false => Duration::from_secs(600),
    };
    for seed in harness.seeds() {
        let mut steps = Steps::new(seed, unit, clock_is_owned).generate();
        let replay = Replay::new(harness, clock_is_owned);
        let Err(mut disagreement) = replay.take(&steps).await else {
            continue;
        };
        // What does not matter is left out.
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.remove(at);
            match replay.take(&fewer).await {
                Ok(()) => at += 1,
                Err(other) => (steps, disagreement) = (fewer, other),
            }
        }
        panic!("seed {seed}: {disagreement}, after {steps:#?}");
    }
}
