//! What a refresh costs, next to what nobody can do without: `cargo bench -p reissue-bench`.
//!
//! All figures of a run are taken in turns, so that a noisy machine disturbs all of them alike; the
//! ratios are what counts.
#![expect(clippy::print_stdout, reason = "a report")]

mod http;
mod in_process;
mod memory;
mod passthrough;
mod primitives;
mod setup;
mod stopwatch;

use stopwatch::{Stopwatch, nanos};

fn main() {
    let mut watch = Stopwatch::new();
    let open = watch.add("open one v4.local token (pasetors)", primitives::open());
    let seal = watch.add("seal one v4.local token (pasetors)", primitives::seal());
    let sign = watch.add("sign one JWT with Ed25519 (aws-lc)", primitives::sign());
    let engine = watch.add(
        "refresh: Server::refresh, memory store",
        in_process::engine(),
    );
    let layer = watch.add(
        "refresh: through the layer, memory store",
        in_process::layer(),
    );
    let garbage = watch.add("refused garbage: through the layer", in_process::garbage());
    let bare = watch.add("a service without the layer", passthrough::bare());
    let passed = watch.add(
        "the same behind the layer, other path",
        passthrough::passed(),
    );
    let hyper = watch.add("bare hyper response over HTTP", http::bare());
    let over_http = watch.add("refresh over HTTP, memory store", http::refresh());
    let times = watch.run();

    println!("time per operation (median of rounds)");
    for (name, time) in times.named() {
        println!("  {name:<44} {:>10}", nanos(time));
    }

    let primitives = times[open] + times[seal] + times[sign];
    let ratio = |time: f64| time / primitives;
    println!("\nagainst open + seal + sign = {}", nanos(primitives));
    println!(
        "  Server::refresh                              {:>10.2}  (target: at most 1.3)",
        ratio(times[engine])
    );
    println!(
        "  through the layer, form and client included  {:>10.2}",
        ratio(times[layer])
    );
    println!(
        "  refused garbage                              {:>10.2}",
        ratio(times[garbage])
    );
    println!("\npass-through");
    println!(
        "  added time                                   {:>10}  (target: at most 100 ns)",
        nanos(times[passed] - times[bare])
    );
    println!(
        "  added allocations                            {:>10}  (target: 0)",
        passthrough::added_allocations()
    );
    println!("\nover HTTP");
    println!(
        "  refresh less bare hyper response               {:>10}",
        nanos(times[over_http] - times[hyper])
    );
    println!(
        "\nallocations of one refresh through the layer   {:>10}",
        in_process::allocations()
    );
    println!(
        "bytes of one family in memory, with its index  {:>10}  (target: at most 600)",
        memory::bytes_per_family()
    );
}
