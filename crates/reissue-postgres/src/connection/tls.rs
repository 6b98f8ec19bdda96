#[cfg(feature = "tls")]
use std::sync::Arc;

use reissue::ConfigError;
#[cfg(feature = "tls")]
use rustls::pki_types::pem::PemObject as _;
#[cfg(feature = "tls")]
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
#[cfg(feature = "tls")]
use rustls::{ClientConfig, RootCertStore};
#[cfg(feature = "tls")]
use tokio_postgres_rustls::MakeRustlsConnect;

#[cfg(feature = "tls")]
use super::unverified::Unverified;

/// How connections are encrypted. Has no `Debug`, because it may hold a private key.
#[derive(Clone)]
pub(crate) enum Tls {
    Off,
    #[cfg(feature = "tls")]
    On(MakeRustlsConnect),
}

/// What is checked of the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verification {
    /// Nothing: whoever listens cannot read, but whoever stands between can.
    None,
    /// Everything, the name of the host included.
    Full,
}

/// Certificates and private key in PEM. Has no `Debug`, because it may hold a private key.
#[derive(Clone, Default)]
pub(crate) struct Pem {
    pub(crate) roots: Option<Vec<u8>>,
    #[cfg(feature = "tls")]
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    #[cfg(feature = "tls")]
    pub(crate) fn new(pem: &Pem, verification: Verification) -> Result<Self, ConfigError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(|_| PROVIDER)?;
        let builder = match verification {
            Verification::Full => builder.with_root_certificates(roots(pem)?),
            Verification::None => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Unverified::new(provider))),
        };
        let config = match &pem.client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain: Result<Vec<_>, _> =
                    CertificateDer::pem_slice_iter(certificate).collect();
                let chain = chain.map_err(|_| CLIENT)?;
                let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| CLIENT)?;
                builder
                    .with_client_auth_cert(chain, key)
                    .map_err(|_| CLIENT)?
            }
        };
        Ok(Self::On(MakeRustlsConnect::new(config)))
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn new(_: &Pem, _: Verification) -> Result<Self, ConfigError> {
        Err(ConfigError::from_static(
            "sslmode",
            "disable, because the feature `tls` is off",
        ))
    }
}

#[cfg(feature = "tls")]
fn roots(pem: &Pem) -> Result<RootCertStore, ConfigError> {
    let mut store = RootCertStore::empty();
    let Some(roots) = &pem.roots else {
        // Those that cannot be read are left out, as everywhere.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(store);
    };
    for certificate in CertificateDer::pem_slice_iter(roots) {
        let certificate = certificate.map_err(|_| ROOTS)?;
        store.add(certificate).map_err(|_| ROOTS)?;
    }
    // Without any, every server would be denied.
    if store.is_empty() {
        return Err(ROOTS);
    }
    Ok(store)
}

#[cfg(feature = "tls")]
const ROOTS: ConfigError = ConfigError::from_static("root certificates", "certificates in PEM");
#[cfg(feature = "tls")]
const CLIENT: ConfigError =
    ConfigError::from_static("client certificate", "a certificate and its key in PEM");
#[cfg(feature = "tls")]
const PROVIDER: ConfigError =
    ConfigError::from_static("tls", "a crypto provider with TLS 1.2 or 1.3");
