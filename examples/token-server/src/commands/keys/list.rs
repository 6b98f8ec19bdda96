use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use reissue::{Clock as _, SystemClock, Timestamp};

use crate::args::KeyKind;
use crate::commands::time::written;
use crate::config::{Config, Source};
use crate::setup::{State, inventory};

/// Prints a line for each key of a configuration.
pub(super) fn run(config_file: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let config = Config::load(config_file)?;
    let now = SystemClock.now();
    let folder = config_file.parent().unwrap_or(Path::new(""));
    let mut rows = vec![["KIND", "ALGORITHM", "STATE", "ID", "FROM"].map(str::to_owned)];
    for key in inventory(&config, now)? {
        rows.push([
            kind_name(key.kind).to_owned(),
            key.algorithm.to_owned(),
            state(key.state, now),
            key.id,
            source(key.source, folder),
        ]);
    }
    let mut text = String::new();
    for row in &rows {
        for (column, cell) in row.iter().enumerate().take(row.len() - 1) {
            let width = rows.iter().map(|row| row[column].len()).max();
            write!(text, "{cell:0$}  ", width.unwrap_or_default())?;
        }
        writeln!(text, "{}", row[row.len() - 1])?;
    }
    for (kind, keys) in [
        (KeyKind::Signing, &config.tokens.signing_keys),
        (KeyKind::Seal, &config.tokens.seal_keys),
    ] {
        if keys.is_empty() {
            let kind = kind_name(kind);
            writeln!(text, "# No {kind} key: the server makes one at each start.")?;
        }
    }
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the name of a kind of keys on the command line.
pub(super) fn kind_name(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Seal => "seal",
        KeyKind::Signing => "signing",
    }
}

fn state(state: State, now: Timestamp) -> String {
    match state {
        State::InUse => "in use".to_owned(),
        State::UsedFrom(time) => format!("used from {}", written(time)),
        State::Retired { until: None } => "retired".to_owned(),
        State::Retired { until: Some(time) } if time <= now => {
            format!("not needed since {}", written(time))
        }
        State::Retired { until: Some(time) } => format!("retired until {}", written(time)),
    }
}

fn source(source: &Source, folder: &Path) -> String {
    match source {
        Source::Env(name) => format!("variable {name}"),
        Source::File(path) => path
            .strip_prefix(folder)
            .unwrap_or(path)
            .display()
            .to_string(),
        Source::Inline(_) => "the configuration".to_owned(),
    }
}
