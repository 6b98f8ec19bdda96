//! What a request that is not ours costs on each framework, with the layer and without:
//! `cargo bench -p reissue-bench --bench adapters`.
//!
//! No sockets: the same service is called in turns, bare and behind the layer. `Router::layer`
//! boxes whatever it is given, so there the bare one has a layer that does nothing; the last line
//! says what that costs.
#![expect(clippy::print_stdout, reason = "a report")]

mod services;
#[path = "../refresh/stopwatch.rs"]
mod stopwatch;

use services::{Pair, axum, axum_boxing, axum_router, hyper, warp};
use stopwatch::{Stopwatch, nanos};

fn main() {
    let mut watch = Stopwatch::new();
    let handles = FRAMEWORKS.map(|(name, pair)| {
        let (bare, behind) = pair();
        (
            watch.add(name, bare),
            watch.add("  behind the layer", behind),
        )
    });
    let times = watch.run();

    println!("time per request that passes (median of rounds)");
    for (name, time) in times.named() {
        println!("  {name:<32} {:>10}", nanos(time));
    }
    println!(
        "\nadded by the layer                      time  allocations  (target: at most 200 ns)"
    );
    for (at, ((name, pair), (bare, behind))) in FRAMEWORKS.into_iter().zip(handles).enumerate() {
        if at == OURS {
            println!("for comparison");
        }
        println!(
            "  {name:<32} {:>10} {:>12}",
            nanos(times[behind] - times[bare]),
            added_allocations(pair())
        );
    }
}

fn added_allocations((mut bare, mut behind): Pair) -> i64 {
    let count = |subject: &mut stopwatch::Subject| {
        subject(1);
        let counted = allocation_counter::measure(|| subject(1));
        i64::try_from(counted.count_total).expect("a small number")
    };
    count(&mut behind) - count(&mut bare)
}

const FRAMEWORKS: [(&str, MakePair); 5] = [
    ("axum, around the router", axum),
    ("axum, by Router::layer", axum_router),
    ("hyper", hyper),
    ("warp", warp),
    ("axum, a layer that does nothing", axum_boxing),
];

/// How many of them are about our layer.
const OURS: usize = 4;

type MakePair = fn() -> Pair;
