//! How many instructions each step of a refresh takes, counted by callgrind. Run it by
//! `tests/bench/instructions`, which compares the counts with those that are recorded.

#[path = "../steps/mod.rs"]
mod steps;

use std::hint::black_box;

use gungraun::{
    Callgrind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use steps::{
    Advance, AdvanceInBurst, Authenticate, Open, Parse, RefreshByEngine, RefreshByLayer,
    RefuseForgery, RefuseGarbage, Seal, Sign, Step, Verify, WithoutLayer,
};

#[library_benchmark]
#[bench::parse(ready::<Parse>())]
#[bench::authenticate(ready::<Authenticate>())]
#[bench::open(ready::<Open>())]
#[bench::seal(ready::<Seal>())]
#[bench::sign(ready::<Sign>())]
#[bench::advance(ready::<Advance>())]
#[bench::advance_in_burst(ready::<AdvanceInBurst>())]
#[bench::refresh_by_engine(ready::<RefreshByEngine>())]
#[bench::refresh_by_layer(ready::<RefreshByLayer>())]
#[bench::verify(ready::<Verify>())]
#[bench::refuse_garbage(ready::<RefuseGarbage>())]
#[bench::refuse_forgery(ready::<RefuseForgery>())]
#[bench::without_layer(ready::<WithoutLayer>())]
fn step(mut run: Run) -> Run {
    run();
    // What it leaves behind is dropped outside of the count.
    run
}

library_benchmark_group!(name = steps_of_a_refresh, benchmarks = step);
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"]));
    library_benchmark_groups = steps_of_a_refresh
);

/// Runs a step once. Keeps what comes of it.
type Run = Box<dyn FnMut()>;

/// A step that has run before: the first run of a process fills tables and seeds the random
/// generator.
fn ready<S: Step>() -> Run {
    let step = S::default();
    for _ in 0..WARM_UP {
        drop(step.run(step.input()));
    }
    let mut input = Some(step.input());
    let mut outputs = Vec::with_capacity(1);
    Box::new(move || {
        let input = input.take().expect("it runs once");
        outputs.push(step.run(black_box(input)));
    })
}

const WARM_UP: usize = 3;
