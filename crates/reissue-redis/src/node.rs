use std::fmt;

use reissue::ConfigError;

/// The address of a Redis server or sentinel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Node {
    /// Parses `host`, `host:port`, `[v6]` or `[v6]:port`.
    pub(crate) fn parse(text: &str, default_port: u16) -> Result<Self, ConfigError> {
        const HOST: ConfigError = ConfigError::from_static("url", "a host with an optional port");
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
