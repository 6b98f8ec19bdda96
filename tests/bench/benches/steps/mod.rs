//! The steps of a refresh, and whole ones, each prepared so that it can be measured by itself: in
//! time by `micro`, in instructions by `instructions`.

mod advance;
mod authenticate;
mod parse;
mod refresh;
mod refuse;
mod token;

#[path = "../refresh/setup.rs"]
#[allow(dead_code, reason = "the benchmark `refresh` needs more of it")]
mod setup;

pub(crate) use advance::{Advance, AdvanceInBurst};
pub(crate) use authenticate::Authenticate;
pub(crate) use parse::Parse;
pub(crate) use refresh::{RefreshByEngine, RefreshByLayer};
pub(crate) use refuse::{RefuseForgery, RefuseGarbage, WithoutLayer};
pub(crate) use token::{Open, Seal, Sign, Verify};

/// Something to measure. Made once; each run gets an input of its own, whose making is not
/// measured.
pub(crate) trait Step: Default + 'static {
    type Input: 'static;
    type Output: 'static;

    fn input(&self) -> Self::Input;

    /// Panics if the outcome is not the expected one: a failure may well be faster.
    fn run(&self, input: Self::Input) -> Self::Output;
}
