//! Measures refreshes over HTTP against what they cannot be faster than, and writes
//! `docs/performance.md`.
//!
//! `tests/bench/measure` builds it with the servers that it starts, and runs it;
//! `tests/bench/measure --quick` takes a minute and shows whether everything works.

mod args;
mod bounds;
mod cores;
mod idle;
mod lab;
mod latency;
mod lengths;
mod machine;
mod nodes;
mod page;
mod plot;
mod primitives;
mod raw;
mod refresh;
mod rotations;
mod round_trip;
mod server;
mod sessions;
mod stores;
mod table;
mod turns;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::args::{Args, Task};
use crate::bounds::Bounds;
use crate::lab::Lab;
use crate::machine::Machine;
use crate::page::Page;

fn main() -> ExitCode {
    let outcome = match Args::parse() {
        Ok(args) => match args.task {
            Task::FillMemory(count) => sessions::fill_this_process(count),
            Task::Measure => measure(&args),
        },
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("performance: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), Box<dyn Error>> {
    let mut lab = Lab::open(args.lengths)?;
    let machine = Machine::look()?;
    say("bounds");
    let bounds = Bounds::measure(&mut lab)?;
    say("refreshes");
    let refresh = refresh::measure(&mut lab)?;
    say("round trips");
    let round_trip = round_trip::measure(&mut lab, &bounds)?;
    say("stores");
    let stores = stores::measure(&mut lab)?;
    say("latency");
    let latency = latency::measure(&mut lab, &refresh, &stores)?;
    say("rotations");
    let rotations = rotations::measure(&mut lab)?;
    say("nodes");
    let nodes = nodes::measure(&mut lab)?;
    say("memory of sessions");
    let sessions = sessions::measure(&lab)?;
    say("idle connections");
    let idle = idle::measure(&mut lab)?;

    let mut page = Page::new(&args.out)?;
    page.head(&machine, &lab)?;
    page.summary(&refresh, &stores, &round_trip, &latency, &idle)?;
    bounds.write(&mut page)?;
    refresh.write(&mut page)?;
    round_trip.write(&mut page)?;
    stores.write(&mut page)?;
    latency.write(&mut page)?;
    rotations.write(&mut page)?;
    nodes.write(&mut page)?;
    sessions.write(&mut page)?;
    idle.write(&mut page)?;
    page.save()?;
    Ok(())
}

/// Progress, on stderr.
fn say(text: &str) {
    // That nobody reads it is no reason to stop.
    let _ = writeln!(io::stderr(), "{text}");
}
