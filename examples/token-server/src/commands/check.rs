//! `check`: what is wrong or unwise in a configuration.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use super::permissions;
use crate::args::CheckOptions;
use crate::config::{Config, Credential, Password, Source, StoreUrl};
use crate::exposure;
use crate::findings::{Finding, Findings};
use crate::setup::Setup;

/// Reports every finding about a configuration, and fails for the first error in it.
pub(crate) fn check(options: &CheckOptions) -> Result<ExitCode, Box<dyn Error>> {
    let config = Config::load(&options.config)?;
    let mut findings = Setup::check(&config)?.findings;
    for warning in exposure::warnings(&config, config.listen)? {
        findings.warn(warning);
    }
    for warning in permissions::warnings(&options.config, &config) {
        findings.warn(warning);
    }
    report_plain_text(&config, &mut findings);
    if matches!(config.store, Some(StoreUrl::Memory)) {
        findings.note("store: sessions are in memory, so a restart logs everybody out".to_owned());
    }

    let mut report = String::new();
    let mut warnings = 0_usize;
    for finding in findings.iter() {
        match finding {
            Finding::Note(text) => writeln!(report, "note: {text}")?,
            Finding::Warning(text) => {
                warnings += 1;
                writeln!(report, "warning: {text}")?;
            }
        }
    }
    let file = options.config.display();
    match warnings {
        0 => writeln!(report, "{file}: a server would start with it")?,
        1 => writeln!(report, "{file}: a server would start with it; 1 warning")?,
        count => writeln!(
            report,
            "{file}: a server would start with it; {count} warnings"
        )?,
    }
    io::stdout().write_all(report.as_bytes())?;
    Ok(if options.strict && warnings > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Secrets that whoever reads the file may use at once.
fn report_plain_text(config: &Config, findings: &mut Findings) {
    for (index, client) in config.clients.iter().enumerate() {
        if matches!(client.credential, Credential::Plain(_)) {
            findings.note(format!(
                "clients[{index}].secret: in plain text; token-server hash-secret makes a hash of \
                 it"
            ));
        }
    }
    for (index, user) in config.users.iter().enumerate() {
        if matches!(user.password, Password::Plain(_)) {
            findings.note(format!(
                "users[{index}].password: in plain text; token-server hash-secret --user makes a \
                 hash of it"
            ));
        }
    }
    for (index, scheduled) in config.tokens.seal_keys.iter().enumerate() {
        if matches!(scheduled.key, Source::Inline(_)) {
            findings.note(format!(
                "tokens.seal_keys[{index}]: in the configuration itself; a file of its own is \
                 easier to protect"
            ));
        }
    }
}
