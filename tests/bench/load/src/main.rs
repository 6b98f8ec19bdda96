//! The load generator as a program.

use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use tokio::runtime::Builder;

use crate::args::{Command, Run};

mod args;

fn main() -> ExitCode {
    let outcome = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => print(args::HELP).map(|()| ExitCode::SUCCESS),
        Ok(Command::Run(run)) => match drive(*run) {
            Ok(true) => Ok(ExitCode::SUCCESS),
            Ok(false) => Ok(ExitCode::FAILURE),
            Err(error) => complain(&*error, "").map(|()| ExitCode::FAILURE),
        },
        Err(error) => complain(&error, "Try 'load --help'.\n").map(|()| ExitCode::from(2)),
    };
    outcome.unwrap_or(ExitCode::FAILURE)
}

/// Whether every client got what an honest client must get.
fn drive(run: Run) -> Result<bool, Box<dyn Error>> {
    // One thread: the generator is not to take more of the machine than it needs.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let quiet = run.quiet;
    let (report, tokens) = runtime.block_on(run.load.run(|progress| {
        if !quiet {
            // Progress that nobody reads is no reason to stop.
            let _ = writeln!(io::stderr(), "{progress}");
        }
    }))?;
    if let Some(file) = &run.save_tokens {
        fs::write(file, tokens.join("\n"))?;
    }
    let mut json = serde_json::to_string_pretty(&report)?;
    json.push('\n');
    match run.json.as_deref() {
        Some(file) if file == Path::new("-") => print(&json)?,
        Some(file) => {
            fs::write(file, json)?;
            print(&report.to_string())?;
        }
        None => print(&report.to_string())?,
    }
    Ok(report.is_clean())
}

fn print(text: &str) -> io::Result<()> {
    io::stdout().write_all(text.as_bytes())
}

/// The error and its causes in one line on stderr, then a hint.
fn complain(error: &dyn Error, hint: &str) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    write!(stderr, "load: {error}")?;
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(stderr, ": {error}")?;
        cause = error.source();
    }
    write!(stderr, "\n{hint}")
}
