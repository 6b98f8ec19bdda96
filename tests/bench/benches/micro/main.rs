//! How long each step of a refresh takes: `cargo bench -p reissue-bench --bench micro`.

#[path = "../steps/mod.rs"]
mod steps;

use divan::Bencher;
use steps::{
    Advance, AdvanceInBurst, Authenticate, Open, Parse, RefreshByEngine, RefreshByLayer,
    RefuseForgery, RefuseGarbage, Seal, Sign, Step, Verify, WithoutLayer,
};

fn main() {
    divan::main();
}

#[divan::bench(types = [
    Parse,
    Authenticate,
    Open,
    Seal,
    Sign,
    Advance,
    AdvanceInBurst,
    RefreshByEngine,
    RefreshByLayer,
    Verify,
    RefuseGarbage,
    RefuseForgery,
    WithoutLayer,
])]
fn step<S: Step>(bencher: Bencher<'_, '_>) {
    let step = S::default();
    bencher
        .with_inputs(|| step.input())
        .bench_local_values(|input| step.run(input));
}
