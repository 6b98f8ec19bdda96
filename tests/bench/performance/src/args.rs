//! The command line.

use std::path::PathBuf;

use lexopt::prelude::{Long, ValueExt as _};

use crate::lengths::Lengths;

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) task: Task,
    pub(crate) lengths: Lengths,
    /// The folder of the page.
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Task {
    /// Say how much memory so many sessions take in this process: started by the measurement
    /// itself.
    FillMemory(u32),
    Measure,
}

impl Args {
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let mut args = Self {
            task: Task::Measure,
            lengths: Lengths::FULL,
            out: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs")),
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Long("fill-memory") => args.task = Task::FillMemory(parser.value()?.parse()?),
                Long("out") => args.out = parser.value()?.into(),
                Long("quick") => args.lengths = Lengths::QUICK,
                other => return Err(other.unexpected()),
            }
        }
        Ok(args)
    }
}
