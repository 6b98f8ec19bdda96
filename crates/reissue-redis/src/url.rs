//! Where Redis is, as a URL says it.

use std::fmt;

use crate::config::ConfigError;

/// A URL, taken apart. Holds a password, so it has no `Debug`.
pub(crate) struct Url {
    pub(crate) kind: Kind,
    pub(crate) tls: bool,
    pub(crate) nodes: Vec<Node>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

/// What is at the addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Cluster,
    Sentinel { master: String, database: i64 },
    Single { database: i64 },
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Url {
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let (scheme, rest) = url.split_once("://").ok_or(SCHEME)?;
        let (tls, kind) = match scheme {
            "redis" => (false, Scheme::Single),
            "rediss" => (true, Scheme::Single),
            "redis-cluster" => (false, Scheme::Cluster),
            "rediss-cluster" => (true, Scheme::Cluster),
            "redis-sentinel" => (false, Scheme::Sentinel),
            "rediss-sentinel" => (true, Scheme::Sentinel),
            _ => return Err(SCHEME),
        };
        if rest.contains(['?', '#']) {
            return Err(ConfigError::new("url", "no query and no fragment"));
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (userinfo, hosts) = match authority.rsplit_once('@') {
            Some((userinfo, hosts)) => (Some(userinfo), hosts),
            None => (None, authority),
        };
        let (username, password) = match userinfo {
            Some(userinfo) => credentials(userinfo)?,
            None => (None, None),
        };
        let default_port = match kind {
            Scheme::Sentinel => 26_379,
            Scheme::Cluster | Scheme::Single => 6_379,
        };
        let nodes = hosts
            .split(',')
            .map(|host| Node::parse(host, default_port))
            .collect::<Result<Vec<_>, _>>()?;
        let kind = match kind {
            Scheme::Cluster if path.is_empty() => Kind::Cluster,
            Scheme::Cluster => {
                return Err(ConfigError::new(
                    "url",
                    "no database, since clusters have one",
                ));
            }
            Scheme::Sentinel => {
                let (master, path) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return Err(ConfigError::new("url", "the master's name after the hosts"));
                }
                Kind::Sentinel {
                    master: decode(master)?,
                    database: database(path)?,
                }
            }
            Scheme::Single if nodes.len() > 1 => {
                return Err(ConfigError::new(
                    "url",
                    "one host, or another scheme for many",
                ));
            }
            Scheme::Single => Kind::Single {
                database: database(path)?,
            },
        };
        Ok(Self {
            kind,
            tls,
            nodes,
            username,
            password,
        })
    }
}

impl Node {
    /// `host`, `host:port`, `[v6]` or `[v6]:port`.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, ConfigError> {
        const HOST: ConfigError = ConfigError::new("url", "a host, and a port if need be");
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or(HOST)?;
                let port = match port {
                    "" => None,
                    port => Some(port.strip_prefix(':').ok_or(HOST)?),
                };
                (host, port)
            }
            None => match text.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let is_v6 = text.starts_with('[');
        if host.is_empty() || (host.contains(':') && !is_v6) || host.contains(char::is_whitespace) {
            return Err(HOST);
        }
        let port = match port {
            Some(port) => port.parse().map_err(|_| HOST)?,
            None => default_port,
        };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        match host.contains(':') {
            true => write!(f, "[{host}]:{port}"),
            false => write!(f, "{host}:{port}"),
        }
    }
}

#[derive(Clone, Copy)]
enum Scheme {
    Cluster,
    Sentinel,
    Single,
}

fn credentials(userinfo: &str) -> Result<(Option<String>, Option<String>), ConfigError> {
    let (username, password) = match userinfo.split_once(':') {
        Some((username, password)) => (username, Some(decode(password)?)),
        None => (userinfo, None),
    };
    let username = (!username.is_empty())
        .then(|| decode(username))
        .transpose()?;
    Ok((username, password))
}

fn database(path: &str) -> Result<i64, ConfigError> {
    const DATABASE: ConfigError = ConfigError::new("url", "the database as a number");
    match path {
        "" => Ok(0),
        _ if path.bytes().all(|byte| byte.is_ascii_digit()) => path.parse().map_err(|_| DATABASE),
        _ => Err(DATABASE),
    }
}

/// Percent-decoding, RFC 3986 §2.1.
fn decode(text: &str) -> Result<String, ConfigError> {
    const ENCODING: ConfigError = ConfigError::new("url", "percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = rest.next().ok_or(ENCODING)?;
            char::from(digit).to_digit(16).ok_or(ENCODING)
        };
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).map_err(|_| ENCODING)?);
    }
    String::from_utf8(bytes).map_err(|_| ENCODING)
}

const SCHEME: ConfigError = ConfigError::new(
    "url",
    "redis://, rediss://, redis-sentinel:// or redis-cluster://",
);

#[cfg(test)]
mod tests;
