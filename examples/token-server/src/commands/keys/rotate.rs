use std::error::Error;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reissue::key::Algorithm;
use reissue::{Clock as _, SystemClock, Timestamp};
use zeroize::Zeroizing;

use super::generate::{PEM, SEAL};
use super::list::kind_name;
use crate::args::{KeyKind, RotateOptions};
use crate::commands::time::{day, written};
use crate::config::{Config, ScheduledKey, Source, TokenFormat, append_key, replace_algorithm};
use crate::files::{self, NewFiles};
use crate::secrets;
use crate::setup::{Setup, token_algorithm};

/// Adds new keys to a configuration, to be used when every server has had the time to read it.
///
/// Whatever goes wrong, nothing has changed: the edited configuration is set up as a start would
/// do it before it takes the place of the old one.
pub(super) fn run(options: &RotateOptions) -> Result<ExitCode, Box<dyn Error>> {
    // A link stays a link to a file that has changed.
    let file = fs::canonicalize(&options.config).map_err(|cause| ReadError {
        file: options.config.clone(),
        cause,
    })?;
    let text = Zeroizing::new(fs::read_to_string(&file)?);
    let config = Config::parse_in(&text, &file)?;
    // What does not start now is not mended by another key.
    Setup::check(&config)?;
    let now = SystemClock.now();
    let used_from = used_from(now, options, &config);

    let mut new_files = NewFiles::default();
    let mut edited = Zeroizing::new(text.to_string());
    let mut added = Vec::new();
    for kind in kinds(options.kind) {
        let rotation = Rotation {
            kind,
            config: &config,
            file: &file,
            now,
        };
        rotation.check_pending()?;
        let path = rotation.new_path();
        let key = rotation.new_key(options.algorithm)?;
        new_files.write(&path, &key, Some(rotation.owner()))?;
        if let (KeyKind::Signing, Some(algorithm)) = (kind, options.algorithm) {
            edited = Zeroizing::new(replace_algorithm(&edited, algorithm.as_str())?);
        }
        let element = element(&path, &file, used_from);
        edited = Zeroizing::new(append_key(&edited, array(kind), &element)?);
        added.push((kind, path));
    }
    verify(&edited, &file, &config, &added)?;
    if *text != fs::read_to_string(&file)? {
        return Err(Box::new(RotationError::Changed));
    }
    files::replace(&file, &edited)?;
    new_files.keep();

    let mut report = String::new();
    for (kind, path) in added {
        let (kind, path) = (kind_name(kind), path.display());
        report.push_str(&format!("new {kind} key: {path}\n"));
    }
    report.push_str(&format!(
        "used from {}: restart every server once before {}\n",
        written(used_from),
        written(last_restart(used_from, &config)),
    ));
    io::stdout().write_all(report.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn kinds(kind: Option<KeyKind>) -> Vec<KeyKind> {
    kind.map_or_else(|| vec![KeyKind::Signing, KeyKind::Seal], |kind| vec![kind])
}

/// The servers restart first; then verifiers have the time to fetch the published keys.
fn used_from(now: Timestamp, options: &RotateOptions, config: &Config) -> Timestamp {
    let earliest = now + options.restart_within + config.tokens.jwks_max_age;
    // In whole seconds, and not sooner.
    Timestamp::from_secs(earliest.as_millis().div_ceil(1000))
}

fn last_restart(used_from: Timestamp, config: &Config) -> Timestamp {
    let max_age = config.tokens.jwks_max_age.as_secs();
    Timestamp::from_secs(used_from.as_secs().saturating_sub(max_age))
}

/// The rotation of the keys of one kind.
struct Rotation<'r> {
    kind: KeyKind,
    config: &'r Config,
    file: &'r Path,
    now: Timestamp,
}

impl Rotation<'_> {
    fn keys(&self) -> &[ScheduledKey] {
        keys(self.kind, self.config)
    }

    /// One rotation at a time: the next one begins when all servers use the key of this one.
    fn check_pending(&self) -> Result<(), RotationError> {
        let pending = self.keys().iter().position(|scheduled| {
            let millis = scheduled.used_from.map(jiff::Timestamp::as_millisecond);
            let millis = millis.and_then(|millis| u64::try_from(millis).ok());
            millis.is_some_and(|millis| self.now < Timestamp::from_millis(millis))
        });
        match pending {
            None => Ok(()),
            Some(index) => Err(RotationError::Pending {
                array: array(self.kind),
                index,
            }),
        }
    }

    /// A path that is free, beside the newest key file.
    fn new_path(&self) -> PathBuf {
        let folder = match self.newest_file().and_then(Path::parent) {
            Some(folder) => folder.to_owned(),
            None => self.folder().to_owned(),
        };
        let (stem, today) = (kind_name(self.kind), day(self.now));
        let extension = if self.is_symmetric() { SEAL } else { PEM };
        let first = folder.join(format!("{stem}-{today}.{extension}"));
        let others = (2_u32..).map(|n| folder.join(format!("{stem}-{today}-{n}.{extension}")));
        let mut paths = std::iter::once(first).chain(others);
        let free = paths.find(|path| path.symlink_metadata().is_err());
        free.unwrap_or_else(|| folder.join(stem))
    }

    fn new_key(&self, algorithm: Option<Algorithm>) -> Result<Zeroizing<String>, Box<dyn Error>> {
        if self.is_symmetric() {
            return Ok(secrets::seal_key()?);
        }
        let algorithm = algorithm.unwrap_or_else(|| token_algorithm(self.config.tokens.alg));
        Ok(secrets::signing_key(algorithm)?)
    }

    fn is_symmetric(&self) -> bool {
        self.kind == KeyKind::Seal || self.config.tokens.format == TokenFormat::PasetoLocal
    }

    /// The file whose readers must be able to read the new key.
    fn owner(&self) -> &Path {
        self.newest_file().unwrap_or(self.file)
    }

    fn newest_file(&self) -> Option<&Path> {
        let mut files = self.keys().iter().rev().filter_map(|key| match &key.key {
            Source::File(path) => Some(path.as_path()),
            Source::Env(_) | Source::Inline(_) => None,
        });
        files.next()
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

fn keys(kind: KeyKind, config: &Config) -> &[ScheduledKey] {
    match kind {
        KeyKind::Seal => &config.tokens.seal_keys,
        KeyKind::Signing => &config.tokens.signing_keys,
    }
}

fn array(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Seal => "seal_keys",
        KeyKind::Signing => "signing_keys",
    }
}

/// The new element of the array, with a path that is relative if it can be.
fn element(path: &Path, file: &Path, used_from: Timestamp) -> String {
    let folder = file.parent().unwrap_or(Path::new(""));
    let path = path.strip_prefix(folder).unwrap_or(path);
    // The escapes of Rust's strings for what paths are made of are those of TOML.
    let path = path.display().to_string();
    format!("{{ file = {path:?}, used_from = {} }}", written(used_from))
}

/// Checks that the edit did what it was to do, and that a server would start with it.
fn verify(
    edited: &str,
    file: &Path,
    before: &Config,
    added: &[(KeyKind, PathBuf)],
) -> Result<(), Box<dyn Error>> {
    let after = Config::parse_in(edited, file)?;
    for (kind, path) in added {
        let (before, after) = (keys(*kind, before), keys(*kind, &after));
        let is_last = after.last().is_some_and(|last| {
            let is_new = matches!(&last.key, Source::File(new) if new == path);
            is_new && last.used_from.is_some()
        });
        if after.len() != before.len() + 1 || !is_last {
            return Err(Box::new(RotationError::NotAdded {
                array: array(*kind),
            }));
        }
    }
    Setup::check(&after)?;
    Ok(())
}

/// A rotation that is refused.
#[derive(Debug, thiserror::Error)]
enum RotationError {
    #[error("the configuration has changed meanwhile")]
    Changed,
    #[error("tokens.{array}: cannot be edited in this form; add the key by hand")]
    NotAdded { array: &'static str },
    #[error(
        "tokens.{array}[{index}]: is not used yet; rotate again after its used_from, or delete it"
    )]
    Pending { array: &'static str, index: usize },
}

/// A configuration that is not there.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", file.display())]
struct ReadError {
    file: PathBuf,
    #[source]
    cause: io::Error,
}
