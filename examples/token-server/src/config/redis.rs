//! `[redis]`: the settings of a store on Redis beside its URL.

use std::path::PathBuf;
use std::time::Duration;

use super::document::{Keys, Node};
use super::duration;
use super::error::ConfigError;

/// Time-outs, the durability of revocations, and certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedisKeys {
    /// How long one operation may take.
    pub(crate) response_timeout: Duration,
    /// How long connecting may take.
    pub(crate) connect_timeout: Duration,
    /// The number of replicas that must have a revocation; 0: the master's confirmation is enough.
    pub(crate) revocation_replicas: u32,
    /// How long they may take.
    pub(crate) revocation_within: Duration,
    /// Certificates to trust instead of those of the operating system.
    pub(crate) root_certificates: Option<PathBuf>,
    /// The certificate for a server that asks for one.
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// A certificate and its private key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientCertificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl RedisKeys {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        let keys = node.table(KEYS)?;
        let defaults = Self::default();
        let timeout = |node: &Node<'_>| duration::positive_at_most(node, LONGEST);
        Ok(Self {
            response_timeout: keys
                .read("response_timeout", timeout)?
                .unwrap_or(defaults.response_timeout),
            connect_timeout: keys
                .read("connect_timeout", timeout)?
                .unwrap_or(defaults.connect_timeout),
            revocation_replicas: keys
                .read("revocation_replicas", Node::count)?
                .unwrap_or(defaults.revocation_replicas),
            revocation_within: keys
                .read("revocation_within", timeout)?
                .unwrap_or(defaults.revocation_within),
            root_certificates: keys.read("root_certificates", pem_file)?,
            client_certificate: client_certificate(&keys)?,
        })
    }

    /// Returns every path that may be relative.
    pub(super) fn files(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let client = self.client_certificate.as_mut();
        let client = client.map(|client| [&mut client.certificate, &mut client.key]);
        let client = client.into_iter().flatten();
        self.root_certificates.iter_mut().chain(client)
    }
}

impl Default for RedisKeys {
    fn default() -> Self {
        Self {
            response_timeout: Duration::from_millis(500),
            connect_timeout: Duration::from_millis(500),
            revocation_replicas: 0,
            revocation_within: Duration::from_secs(1),
            root_certificates: None,
            client_certificate: None,
        }
    }
}

/// Reads the two keys that need each other.
fn client_certificate(keys: &Keys<'_>) -> Result<Option<ClientCertificate>, ConfigError> {
    let certificate = keys.read("client_certificate", pem_file)?;
    let key = keys.read("client_key", pem_file)?;
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(ClientCertificate { certificate, key })),
        (Some(_), None) => Err(keys.conflict("client_certificate is of no use without client_key")),
        (None, Some(_)) => Err(keys.conflict("client_key is of no use without client_certificate")),
    }
}

fn pem_file(node: &Node<'_>) -> Result<PathBuf, ConfigError> {
    node.text("the path of a PEM file").map(PathBuf::from)
}

pub(super) const KEYS: &[&str] = &[
    "response_timeout",
    "connect_timeout",
    "revocation_replicas",
    "revocation_within",
    "root_certificates",
    "client_certificate",
    "client_key",
];
const LONGEST: Duration = Duration::from_secs(60);
