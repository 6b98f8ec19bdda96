//! The URL of the servers, as libpq reads it.

use std::time::Duration;

use reissue::ConfigError;
use tokio_postgres::Config;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

/// What the URL says. Has no `Debug`, because it holds the password.
pub(crate) struct Url {
    /// One for each server.
    pub(crate) hosts: Vec<Config>,
    /// Whether the certificates of servers are verified.
    pub(crate) is_verified: bool,
    pub(crate) tls: Wanted,
    /// A file with the authorities to trust.
    #[cfg_attr(
        not(feature = "tls"),
        expect(dead_code, reason = "nothing is verified without TLS")
    )]
    pub(crate) root_file: Option<String>,
    pub(crate) must_be_writable: bool,
    pub(crate) connect_timeout: Option<Duration>,
}

/// Whether connections are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Never,
    IfOffered,
    Always,
}

impl Url {
    pub(crate) fn parse(url: &str, password: Option<&str>) -> Result<Self, ConfigError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(URL);
        }
        let Extracted {
            url,
            sslmode,
            root_file,
            has_target,
        } = Extracted::from(url)?;
        let mut config: Config = url.parse().map_err(|_| URL)?;
        let (mode, is_verified) = match sslmode.as_deref() {
            Some("disable") => (SslMode::Disable, false),
            // As libpq does: with authorities to check by, `require` checks.
            None | Some("allow" | "prefer") => (SslMode::Prefer, false),
            Some("require") => (SslMode::Require, root_file.is_some()),
            Some("verify-ca" | "verify-full") => (SslMode::Require, true),
            Some(_) => return Err(SSLMODE),
        };
        config.ssl_mode(mode);
        if config.get_password().is_none()
            && let Some(password) = password
        {
            config.password(password);
        }
        if config.get_application_name().is_none() {
            config.application_name("reissue");
        }
        let attrs = config.get_target_session_attrs();
        let hosts = single_hosts(&config)?;
        let must_be_writable = match attrs {
            TargetSessionAttrs::ReadWrite => true,
            // Of several servers, all but one are standbys.
            TargetSessionAttrs::Any => !has_target && hosts.len() > 1,
            _ => return Err(TARGET),
        };
        Ok(Self {
            tls: match mode {
                SslMode::Disable => Wanted::Never,
                SslMode::Require => Wanted::Always,
                _ => Wanted::IfOffered,
            },
            hosts,
            is_verified,
            root_file,
            must_be_writable,
            connect_timeout: config.get_connect_timeout().copied(),
        })
    }
}

/// The options that the driver does not know, and the URL without them.
struct Extracted {
    url: String,
    sslmode: Option<String>,
    root_file: Option<String>,
    has_target: bool,
}

impl Extracted {
    fn from(url: &str) -> Result<Self, ConfigError> {
        let mut extracted = Self {
            url: url.to_owned(),
            sslmode: None,
            root_file: None,
            has_target: false,
        };
        // A password holds no question mark that is not percent-encoded.
        let Some((base, query)) = url.split_once('?') else {
            return Ok(extracted);
        };
        let mut kept = Vec::new();
        for option in query.split('&') {
            match option.split_once('=') {
                Some(("sslmode", mode)) => extracted.sslmode = Some(mode.to_owned()),
                Some(("sslrootcert", file)) => {
                    extracted.root_file = Some(percent_decoded(file).ok_or(URL)?);
                }
                Some(("target_session_attrs", value)) => {
                    extracted.has_target = true;
                    // libpq has finer names for what is the same to a store that writes.
                    kept.push(match value {
                        "primary" => "target_session_attrs=read-write",
                        "standby" | "prefer-standby" => return Err(TARGET),
                        _ => option,
                    });
                }
                _ => kept.push(option),
            }
        }
        extracted.url = match kept.as_slice() {
            [] => base.to_owned(),
            kept => format!("{base}?{}", kept.join("&")),
        };
        Ok(extracted)
    }
}

/// Returns a configuration for each of the servers.
fn single_hosts(config: &Config) -> Result<Vec<Config>, ConfigError> {
    let (hosts, addresses, ports) = (
        config.get_hosts(),
        config.get_hostaddrs(),
        config.get_ports(),
    );
    let count = hosts.len().max(addresses.len());
    let is_complete = |len: usize| len == 0 || len == count;
    if count == 0 || !is_complete(hosts.len()) || !is_complete(addresses.len()) {
        return Err(URL);
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(URL);
    }
    Ok((0..count).map(|index| single_host(config, index)).collect())
}

fn single_host(config: &Config, index: usize) -> Config {
    let mut single = Config::new();
    if let Some(user) = config.get_user() {
        single.user(user);
    }
    if let Some(password) = config.get_password() {
        single.password(password);
    }
    if let Some(database) = config.get_dbname() {
        single.dbname(database);
    }
    if let Some(options) = config.get_options() {
        single.options(options);
    }
    if let Some(name) = config.get_application_name() {
        single.application_name(name);
    }
    if let Some(timeout) = config.get_tcp_user_timeout() {
        single.tcp_user_timeout(*timeout);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        single.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        single.keepalives_retries(retries);
    }
    single
        .ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle());
    match config.get_hosts().get(index) {
        #[cfg(unix)]
        Some(tokio_postgres::config::Host::Unix(path)) => {
            single.host_path(path);
        }
        Some(tokio_postgres::config::Host::Tcp(name)) => {
            single.host(name);
        }
        None => {}
    }
    if let Some(address) = config.get_hostaddrs().get(index) {
        single.hostaddr(*address);
    }
    let ports = config.get_ports();
    if let Some(port) = ports.get(index).or(ports.first()) {
        single.port(*port);
    }
    single
}

/// Returns whether a server is reached by the network; a socket in the file system has no TLS.
pub(crate) fn is_tcp(config: &Config) -> bool {
    !config.get_hostaddrs().is_empty()
        || config
            .get_hosts()
            .iter()
            .any(|host| matches!(host, tokio_postgres::config::Host::Tcp(_)))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let value = digit(rest.next()?)? * 16 + digit(rest.next()?)?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

const URL: ConfigError = ConfigError::from_static(
    "url",
    "postgres://user:password@host:port,host:port/database?option=value",
);
const SSLMODE: ConfigError = ConfigError::from_static(
    "sslmode",
    "disable, prefer, require, verify-ca or verify-full",
);
const TARGET: ConfigError =
    ConfigError::from_static("target_session_attrs", "any, primary or read-write");

#[cfg(test)]
mod tests;
