use super::Harness;

/// Runs every check of the suite, one after the other.
///
/// # Panics
///
/// At the first check that fails, with what it found. [`Harness::begin`] has its name.
pub async fn run(harness: &impl Harness) {
    for name in CHECKS {
        check(harness, name).await;
    }
}

/// Runs the check of this name.
pub async fn check(harness: &impl Harness, name: &'static str) {
    harness.begin(name);
    __contract_checks! { (run_by_name) harness name }
}

const CHECKS: &[&str] = __contract_checks! { (names) };

macro_rules! run_by_name {
    ([$harness:ident $name:ident] $($module:ident: [$($check:ident),+ $(,)?]),+ $(,)?) => {
        match $name {
            $($(stringify!($check) => super::$module::$check($harness).await,)+)+
            _ => panic!("the contract has no check that is called {}", $name),
        }
    };
}
use run_by_name;

macro_rules! names {
    ([] $($module:ident: [$($check:ident),+ $(,)?]),+ $(,)?) => {
        &[$($(stringify!($check)),+),+]
    };
}
use names;
