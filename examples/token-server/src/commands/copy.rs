//! `copy`: everything from one store to another.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use reissue::store::transfer::{self, CopyError, CopyMode, CopyReport, Transfer};
use reissue::store::{Store, StoreError};

use crate::args::{CopyOptions, Options};
use crate::config::{Config, StoreUrl};
use crate::serve;
use crate::setup::{LastingStore, SetupError};

/// Copies, and prints what was copied.
pub(crate) fn copy(options: &CopyOptions) -> Result<ExitCode, Box<dyn Error>> {
    let mut config = settings(options)?;
    wait_longer(&mut config);
    serve::runtime()?.block_on(run(options, &config))?;
    Ok(ExitCode::SUCCESS)
}

fn settings(options: &CopyOptions) -> Result<Config, crate::config::ConfigError> {
    let options = Options {
        config: options.config.clone(),
        ..Options::default()
    };
    options.load()
}

/// Nobody waits for a response: a store may take its time.
fn wait_longer(config: &mut Config) {
    for timeout in [
        &mut config.sqlite.response_timeout,
        &mut config.postgres.response_timeout,
        &mut config.redis.response_timeout,
        &mut config.redis.connect_timeout,
    ] {
        *timeout = PATIENCE.max(*timeout);
    }
}

async fn run(options: &CopyOptions, config: &Config) -> Result<(), Box<dyn Error>> {
    if let StoreUrl::Sqlite(path) = &options.from {
        // Opening it would create it.
        path.metadata().map_err(|cause| Failure::NoFile { cause })?;
    }
    let from = open("--from", &options.from, config)?;
    let to = open("--to", &options.to, config)?;
    if let LastingStore::Postgres(store) = &to {
        store.migrate().await.map_err(Failure::Tables)?;
    }
    let mode = match options.update {
        true => CopyMode::Update,
        false => CopyMode::Initial,
    };
    match copy_between(&from, &to, mode).await {
        Ok(report) => Ok(print(&report)?),
        Err(error) => {
            if let CopyError::Source { report, .. } | CopyError::Target { report, .. } = &error {
                print(report)?;
            }
            Err(Box::new(Failure::of(error)))
        }
    }
}

fn open(option: &'static str, url: &StoreUrl, config: &Config) -> Result<LastingStore, Failure> {
    let opened = LastingStore::open(url, config);
    let opened = opened.map_err(|cause| Failure::Setup { option, cause })?;
    opened.ok_or(Failure::Memory { option })
}

async fn copy_between(
    from: &LastingStore,
    to: &LastingStore,
    mode: CopyMode,
) -> Result<CopyReport, CopyError> {
    match from {
        LastingStore::Postgres(from) => copy_from(from, to, mode).await,
        LastingStore::Redis(from) => copy_from(from, to, mode).await,
        LastingStore::Sqlite(from) => copy_from(from, to, mode).await,
    }
}

async fn copy_from<S>(from: &S, to: &LastingStore, mode: CopyMode) -> Result<CopyReport, CopyError>
where
    S: Store + Transfer,
{
    match to {
        LastingStore::Postgres(to) => transfer::copy(from, to, mode).await,
        LastingStore::Redis(to) => transfer::copy(from, to, mode).await,
        LastingStore::Sqlite(to) => transfer::copy(from, to, mode).await,
    }
}

fn print(report: &CopyReport) -> io::Result<()> {
    let CopyReport {
        sessions,
        one_time_ids,
        removed,
        ..
    } = report;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "sessions copied: {}", sessions.added)?;
    writeln!(stdout, "sessions changed: {}", sessions.changed)?;
    writeln!(stdout, "sessions removed: {removed}")?;
    writeln!(stdout, "sessions that were equal: {}", sessions.unchanged)?;
    writeln!(stdout, "consumed ids: {}", one_time_ids.total())
}

/// Why not everything was copied.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("copy: nothing was copied")]
    Copy(#[source] CopyError),
    #[error("{option}: the store failed; copy again with --update")]
    Failed {
        option: &'static str,
        #[source]
        cause: StoreError,
    },
    #[error(
        "{option}: expected a store that other programs can use; memory: belongs to one process \
         and ends with it"
    )]
    Memory { option: &'static str },
    #[error("--from: expected the file of a database")]
    NoFile {
        #[source]
        cause: io::Error,
    },
    #[error(
        "--to: the store already has sessions; nothing was copied. With --update they are made \
         equal to those of --from, and those that it does not have are revoked"
    )]
    NotEmpty,
    #[error("--from, --to: expected two stores; this is the same one")]
    SameStore,
    #[error("{option}: the store cannot be opened")]
    Setup {
        option: &'static str,
        #[source]
        cause: SetupError,
    },
    #[error("--to: the tables cannot be created")]
    Tables(#[source] StoreError),
}

impl Failure {
    fn of(error: CopyError) -> Self {
        match error {
            CopyError::NotEmpty => Self::NotEmpty,
            CopyError::SameStore => Self::SameStore,
            CopyError::Source { error: cause, .. } => Self::Failed {
                option: "--from",
                cause,
            },
            CopyError::Target { error: cause, .. } => Self::Failed {
                option: "--to",
                cause,
            },
            error => Self::Copy(error),
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(30);
