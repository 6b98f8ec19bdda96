//! What a token endpoint on hyper cannot be faster than, on one thread: it opens one `v4.local`
//! token, seals one, signs one access token and swaps a map entry, or sends one `EVALSHA`. It
//! checks nothing, so it is no token server.
//!
//! Beside it: a fixed response of the same size, which is what hyper itself costs, and the real
//! middleware alone on hyper.

mod args;
mod fixed;
mod form;
mod lean;
mod limit;
mod serve;
mod store;
mod tokens;

use std::error::Error;
use std::process::ExitCode;

#[cfg(not(target_env = "msvc"))]
use tikv_jemallocator::Jemalloc;

use crate::args::{Args, Mode};

/// That of the token server.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    let ran = Args::parse().map_err(Into::into).and_then(run);
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => serve::complain(&*error),
    }
}

fn run(args: Args) -> Result<(), Box<dyn Error>> {
    // One thread, and no work passed between threads: nothing is faster for a server that has one
    // core.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match args.mode {
            Mode::Bare => serve::serve(fixed::response()).await,
            Mode::Lean => serve::serve(lean::service(args.redis)?).await,
            Mode::Limit => serve::serve(limit::service(args.redis).await?).await,
            Mode::Refusal => serve::serve(fixed::refusal()).await,
        }
    })
}
