use redis::ConnectionAddr;
#[cfg(feature = "tls")]
use redis::{ClientTlsConfig, TlsCertificates};
use reissue::ConfigError;
#[cfg(feature = "tls")]
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

/// Trusted authorities and the client's certificate. Has no `Debug`, because it may hold a private
/// key.
#[cfg(feature = "tls")]
#[derive(Clone)]
pub(crate) struct Tls {
    certificates: TlsCertificates,
    /// An address that holds the parsed certificates, whose type the driver does not export.
    template: ConnectionAddr,
}

/// Cannot be built without the feature `tls`.
#[cfg(not(feature = "tls"))]
#[derive(Clone)]
pub(crate) enum Tls {}

/// Certificates and private key in PEM. Has no `Debug`, because it may hold a private key.
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
        // The driver takes the default provider of the process. If none is installed and several
        // are built in, it panics.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // An error means that another thread has installed one meanwhile.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        // The driver accepts text without any certificate, and then trusts no server.
        if let Some(roots) = &pem.roots
            && !CertificateDer::pem_slice_iter(roots).any(|certificate| certificate.is_ok())
        {
            return Err(ROOTS);
        }
        let roots_only = TlsCertificates {
            client_tls: None,
            root_cert: pem.roots.clone(),
        };
        client(roots_only).map_err(|_| ROOTS)?;
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
            template: client.get_connection_info().addr().clone(),
        })
    }

    /// Returns the address of a server that is reached by TLS.
    pub(super) fn address(&self, host: String, port: u16) -> ConnectionAddr {
        let mut address = self.template.clone();
        if let ConnectionAddr::TcpTls {
            host: template_host,
            port: template_port,
            ..
        } = &mut address
        {
            *template_host = host;
            *template_port = port;
        }
        address
    }

    /// Returns the certificates as the driver's cluster client takes them.
    pub(super) fn certificates(&self) -> TlsCertificates {
        self.certificates.clone()
    }
}

/// Builds a client: the driver's only way to parse certificates.
#[cfg(feature = "tls")]
fn client(certificates: TlsCertificates) -> redis::RedisResult<redis::Client> {
    redis::Client::build_with_tls("rediss://localhost", certificates)
}

#[cfg(feature = "tls")]
const ROOTS: ConfigError = ConfigError::from_static("root certificates", "certificates in PEM");
#[cfg(feature = "tls")]
const CLIENT: ConfigError =
    ConfigError::from_static("client certificate", "a certificate and its key in PEM");

#[cfg(not(feature = "tls"))]
impl Tls {
    pub(crate) fn new(_: Pem) -> Result<Self, ConfigError> {
        Err(ConfigError::from_static(
            "url",
            "a scheme without TLS, because the feature `tls` is off",
        ))
    }

    pub(super) fn address(&self, _: String, _: u16) -> ConnectionAddr {
        match *self {}
    }
}
