use reissue::ConfigError;

use crate::node::Node;
use crate::topology::Topology;

/// The parts of a Redis URL. Has no `Debug`, because it may hold a password.
pub(crate) struct Url {
    pub(crate) topology: Topology,
    /// 0 in a cluster, which has no other.
    pub(crate) database: i64,
    pub(crate) tls: bool,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

impl Url {
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let (scheme, rest) = url.split_once("://").ok_or(SCHEME)?;
        let (tls, scheme) = match scheme {
            "redis" => (false, Scheme::Single),
            "rediss" => (true, Scheme::Single),
            "redis-cluster" => (false, Scheme::Cluster),
            "rediss-cluster" => (true, Scheme::Cluster),
            "redis-sentinel" => (false, Scheme::Sentinel),
            "rediss-sentinel" => (true, Scheme::Sentinel),
            _ => return Err(SCHEME),
        };
        if rest.contains(['?', '#']) {
            return Err(ConfigError::from_static("url", "no query and no fragment"));
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
        let nodes = hosts
            .split(',')
            .map(|host| Node::parse(host, scheme.default_port()))
            .collect::<Result<Vec<_>, _>>()?;
        let (topology, database) = scheme.topology(nodes, path)?;
        Ok(Self {
            topology,
            database,
            tls,
            username,
            password,
        })
    }
}

#[derive(Clone, Copy)]
enum Scheme {
    Cluster,
    Sentinel,
    Single,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Sentinel => 26_379,
            Self::Cluster | Self::Single => 6_379,
        }
    }

    /// Returns the topology and the database that hosts and path stand for.
    fn topology(self, nodes: Vec<Node>, path: &str) -> Result<(Topology, i64), ConfigError> {
        const NO_DATABASE: ConfigError =
            ConfigError::from_static("url", "no database, because a cluster has only one");
        const MASTER: ConfigError =
            ConfigError::from_static("url", "the name of the master after the hosts");
        const ONE_HOST: ConfigError = ConfigError::from_static(
            "url",
            "one host, or the scheme of a cluster or of sentinels",
        );
        match self {
            Self::Cluster if path.is_empty() => Ok((Topology::Cluster(nodes), 0)),
            Self::Cluster => Err(NO_DATABASE),
            Self::Sentinel => {
                let (master, path) = path.split_once('/').unwrap_or((path, ""));
                if master.is_empty() {
                    return Err(MASTER);
                }
                let topology = Topology::Sentinel {
                    sentinels: nodes,
                    master: decode(master)?,
                };
                Ok((topology, database(path)?))
            }
            Self::Single => {
                let [node] = <[Node; 1]>::try_from(nodes).map_err(|_| ONE_HOST)?;
                Ok((Topology::Single(node), database(path)?))
            }
        }
    }
}

/// Returns username and password.
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
    const DATABASE: ConfigError = ConfigError::from_static("url", "the database as a number");
    match path {
        "" => Ok(0),
        _ if path.bytes().all(|byte| byte.is_ascii_digit()) => path.parse().map_err(|_| DATABASE),
        _ => Err(DATABASE),
    }
}

/// Decodes percent-encoding (RFC 3986 §2.1).
fn decode(text: &str) -> Result<String, ConfigError> {
    const ENCODING: ConfigError = ConfigError::from_static("url", "percent-encoded UTF-8");
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

const SCHEME: ConfigError = ConfigError::from_static(
    "url",
    "redis://, rediss://, redis-sentinel:// or redis-cluster://",
);

#[cfg(test)]
mod tests;
