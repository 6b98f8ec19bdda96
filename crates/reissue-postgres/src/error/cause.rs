use std::error::Error;
use std::fmt;
use std::io;

/// What the driver reports, without what may hold the content of a session or a password: the
/// detail and the hint of a server's message, and whatever a program that is no Postgres sends.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    Server {
        code: String,
        message: String,
    },
    Io(io::ErrorKind, String),
    #[cfg(feature = "tls")]
    Tls(rustls::Error),
}

impl Cause {
    pub(super) fn of(error: &tokio_postgres::Error) -> Option<Self> {
        if let Some(error) = error.as_db_error() {
            return Some(Self::Server {
                code: error.code().code().to_owned(),
                message: error.message().to_owned(),
            });
        }
        let error = error.source()?.downcast_ref::<io::Error>()?;
        #[cfg(feature = "tls")]
        if let Some(error) = tls_error(error) {
            return Some(Self::Tls(error.clone()));
        }
        Some(Self::Io(error.kind(), error.to_string()))
    }
}

/// Returns the error of rustls that an I/O error holds.
#[cfg(feature = "tls")]
fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server { code, message } => write!(f, "{code}: {message}"),
            Self::Io(_, message) => f.write_str(message),
            #[cfg(feature = "tls")]
            Self::Tls(error) => error.fmt(f),
        }
    }
}

impl Error for Cause {}
