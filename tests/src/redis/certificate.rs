//! Certificates, made by openssl.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A certificate for `localhost` that only those trust who have it, with its key; gone when
/// dropped.
#[derive(Debug)]
pub struct Certificate {
    directory: TempDir,
}

impl Certificate {
    /// Makes one.
    ///
    /// # Panics
    ///
    /// When openssl is not installed.
    #[must_use]
    pub fn for_localhost() -> Self {
        let directory = tempfile::tempdir().expect("there is a place for temporary files");
        let made = Command::new("openssl")
            .current_dir(directory.path())
            .args([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            ])
            .args([
                "-subj",
                "/CN=localhost",
                "-keyout",
                KEY,
                "-out",
                CERTIFICATE,
            ])
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .output()
            .expect("openssl is installed");
        assert!(made.status.success(), "{made:?}");
        Self { directory }
    }

    /// Where the certificate is.
    #[must_use]
    pub fn certificate(&self) -> PathBuf {
        self.directory.path().join(CERTIFICATE)
    }

    /// Where its key is.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.directory.path().join(KEY)
    }
}

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";
