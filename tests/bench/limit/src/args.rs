//! The command line: `limit bare|lean|limit|refusal [--redis URL]`.

use lexopt::prelude::{Long, Value, ValueExt as _};

/// What to serve.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// A fixed 200, as long as a real one.
    Bare,
    /// The real middleware on hyper, without anything around it.
    Lean,
    /// What nobody can do without.
    Limit,
    /// A fixed `invalid_grant`.
    Refusal,
}

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) mode: Mode,
    /// Where sessions are, if not in this process.
    pub(crate) redis: Option<String>,
}

impl Args {
    pub(crate) fn parse() -> Result<Self, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let mut mode = None;
        let mut redis = None;
        while let Some(arg) = parser.next()? {
            match arg {
                Long("redis") => redis = Some(parser.value()?.string()?),
                Value(name) if mode.is_none() => {
                    mode = match name.to_str() {
                        Some("bare") => Some(Mode::Bare),
                        Some("lean") => Some(Mode::Lean),
                        Some("limit") => Some(Mode::Limit),
                        Some("refusal") => Some(Mode::Refusal),
                        _ => return Err(Value(name).unexpected()),
                    };
                }
                other => return Err(other.unexpected()),
            }
        }
        let mode = mode.ok_or("expected bare, lean, limit or refusal")?;
        Ok(Self { mode, redis })
    }
}
