//! The duration of tests without a natural end.

use std::env;
use std::fmt;

/// The first normally, the second where `REISSUE_TEST_LONG=1` asks for long runs.
pub fn usual_or_long<T>(usual: T, long: T) -> T {
    let is_long = env::var("REISSUE_TEST_LONG").is_ok_and(|value| value == "1");
    if is_long { long } else { usual }
}

/// Says what a run came to: seen with `--nocapture`, and when the test fails.
#[expect(clippy::print_stdout, reason = "the harness keeps it unless asked")]
pub fn report(figures: fmt::Arguments<'_>) {
    println!("{figures}");
}
