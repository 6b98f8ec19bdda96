//! What it costs to verify an access token, next to the bare signature: `cargo bench -p
//! reissue-bench --bench bearer`.
//!
//! All figures of a run are taken in turns, so that a noisy machine disturbs all of them alike; the
//! ratios are what counts.
#![expect(clippy::print_stdout, reason = "a report")]

mod layer;
mod primitive;
#[path = "../refresh/stopwatch.rs"]
mod stopwatch;

use stopwatch::{Stopwatch, nanos};

fn main() {
    let mut watch = Stopwatch::new();
    let bare = watch.add("verify one Ed25519 signature (aws-lc)", primitive::verify());
    let jwt = watch.add("bearer: JWT", layer::jwt());
    let paseto = watch.add("bearer: PASETO v4.public", layer::paseto());
    let session = watch.add("bearer: JWT, session remembered", layer::session());
    let garbage = watch.add("bearer: refused garbage", layer::garbage());
    let times = watch.run();

    println!("time per operation (median of rounds)");
    for (name, time) in times.named() {
        println!("  {name:<44} {:>10}", nanos(time));
    }
    println!("\nagainst the bare signature check");
    for (name, handle) in [
        ("JWT", jwt),
        ("PASETO v4.public", paseto),
        ("JWT, session remembered", session),
    ] {
        let ratio = times[handle] / times[bare];
        println!("  {name:<44} {ratio:>10.2}  (target: at most 1.2)");
    }
    println!(
        "\nrefused garbage, against the same                 {:>7.2}",
        times[garbage] / times[bare]
    );
    println!(
        "\nadded allocations, claims handed out included  {:>10}",
        layer::added_allocations()
    );
}
