//! `--init`: a configuration and its keys, to begin with.

mod template;

use std::error::Error;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reissue::key::Algorithm;
use reissue::{Clock as _, SystemClock};
use zeroize::Zeroizing;

use self::template::Template;
use super::keys::{PEM, SEAL};
use super::time::day;
use crate::config::Config;
use crate::files::NewFiles;
use crate::secrets;
use crate::setup::Setup;

/// Writes a configuration with keys into `folder`, which may be there, and prints what to do next.
///
/// Nothing that exists is overwritten, and nothing stays if something goes wrong.
pub(crate) fn init(folder: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let config = folder.join(CONFIG);
    let keys = folder.join(KEYS);
    for path in [&config, &keys] {
        if path.symlink_metadata().is_ok() {
            return Err(Box::new(ExistsError { path: path.clone() }));
        }
    }
    let today = day(SystemClock.now());
    let client_secret = secrets::client_secret()?;
    let password = secrets::password()?;
    let template = Template {
        signing_key: format!("{KEYS}/signing-{today}.{PEM}"),
        seal_key: format!("{KEYS}/seal-{today}.{SEAL}"),
        secret_sha256: secrets::sha256_hex(&client_secret),
        password_argon2: secrets::argon2id(&password)?,
    };

    let mut files = NewFiles::default();
    if !folder.exists() {
        files.create_directory(folder)?;
    }
    // The configuration last: with it all the rest is there.
    files.create_directory(&keys)?;
    let signing_key = secrets::signing_key(Algorithm::EdDsa)?;
    files.write(&folder.join(&template.signing_key), &signing_key, None)?;
    files.write(
        &folder.join(&template.seal_key),
        &secrets::seal_key()?,
        None,
    )?;
    files.write(&config, &template.render(), None)?;
    let written = Config::load(&config)?;
    Setup::check(&written)?;
    files.keep();

    let next = next_steps(folder, &template, &client_secret, &password);
    io::stdout().write_all(next.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn next_steps(
    folder: &Path,
    template: &Template,
    client_secret: &str,
    password: &str,
) -> Zeroizing<String> {
    let shown = |name: &str| folder.join(name).display().to_string();
    let config = shown(CONFIG);
    let signing_key = shown(&template.signing_key);
    let seal_key = shown(&template.seal_key);
    Zeroizing::new(format!(
        "Written:\n  {config}\n  {signing_key}\n  {seal_key}\n\n\
         Two secrets, shown this once; the configuration has their hashes:\n  \
         secret of the client my-service   {client_secret}\n  \
         password of the user me           {password}\n\n\
         Next:\n  \
         token-server check --config {config}\n  \
         token-server --config {config}\n\n\
         Then, for a first access token:\n  \
         curl -u my-service:SECRET -d grant_type=client_credentials \
         http://127.0.0.1:8080/oauth2/token\n"
    ))
}

/// Something is there already.
#[derive(Debug, thiserror::Error)]
#[error("--init: {} exists, and nothing is overwritten", path.display())]
struct ExistsError {
    path: PathBuf,
}

const CONFIG: &str = "token-server.toml";
const KEYS: &str = "keys";
