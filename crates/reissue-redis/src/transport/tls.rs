//! TLS, if it is built in.

use redis::ConnectionAddr;
#[cfg(feature = "tls")]
use redis::{ClientTlsConfig, TlsCertificates};
#[cfg(feature = "tls")]
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use crate::config::ConfigError;

/// Whom to trust and who we are. Holds a private key, so it has no `Debug`.
#[cfg(feature = "tls")]
#[derive(Clone)]
pub(crate) struct Tls {
    certificates: TlsCertificates,
    /// An address with the parsed certificates, which have no name outside the driver.
    anywhere: ConnectionAddr,
}

/// There is none.
#[cfg(not(feature = "tls"))]
#[derive(Clone)]
pub(crate) enum Tls {}

/// Certificates and key in PEM.
#[derive(Clone, Default)]
pub(crate) struct Pem {
    #[cfg(feature = "tls")]
    pub(crate) roots: Option<Vec<u8>>,
    #[cfg(feature = "tls")]
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

#[cfg(feature = "tls")]
impl Tls {
    pub(crate) fn new(pem: Pem) -> Result<Self, ConfigError> {
        // The driver asks for the provider of the process, and panics if there are several to choose from.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // An error means that somebody else was faster.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        // The driver takes text without a certificate for no authority at all, and trusts nobody.
        if let Some(roots) = &pem.roots
            && !CertificateDer::pem_slice_iter(roots).any(|certificate| certificate.is_ok())
        {
            return Err(ROOTS);
        }
        let of_server = TlsCertificates {
            client_tls: None,
            root_cert: pem.roots.clone(),
        };
        client(of_server).map_err(|_| ROOTS)?;
        let certificates = TlsCertificates {
            client_tls: pem.client.map(|(client_cert, client_key)| ClientTlsConfig {
                client_cert,
                client_key,
            }),
            root_cert: pem.roots,
        };
        let client = client(certificates.clone()).map_err(|_| CLIENT)?;
        Ok(Self {
            certificates,
            anywhere: client.get_connection_info().addr().clone(),
        })
    }

    pub(crate) fn address(&self, host: String, port: u16) -> ConnectionAddr {
        let mut address = self.anywhere.clone();
        if let ConnectionAddr::TcpTls {
            host: its_host,
            port: its_port,
            ..
        } = &mut address
        {
            *its_host = host;
            *its_port = port;
        }
        address
    }

    pub(crate) fn certificates(&self) -> TlsCertificates {
        self.certificates.clone()
    }
}

/// Building a client is the only way to the parsed certificates.
#[cfg(feature = "tls")]
fn client(certificates: TlsCertificates) -> redis::RedisResult<redis::Client> {
    redis::Client::build_with_tls("rediss://localhost", certificates)
}

#[cfg(feature = "tls")]
const ROOTS: ConfigError = ConfigError::new("root certificates", "certificates in PEM");
#[cfg(feature = "tls")]
const CLIENT: ConfigError =
    ConfigError::new("client certificate", "a certificate and its key in PEM");

#[cfg(not(feature = "tls"))]
impl Tls {
    pub(crate) fn new(_: Pem) -> Result<Self, ConfigError> {
        Err(ConfigError::new(
            "url",
            "a scheme without TLS, since the feature `tls` is off",
        ))
    }

    pub(crate) fn address(&self, _: String, _: u16) -> ConnectionAddr {
        match *self {}
    }
}
