use super::ClientsError;
use crate::secret::ClientSecret;

/// A verifier of client secrets that the application provides: for another hash, a hardware module
/// or a password service.
///
/// Every `Fn(&ClientSecret) -> Result<bool, ClientsError>` is one. For the bcrypt hashes that the
/// servers of bshaffer and league keep, with the crate `bcrypt`:
///
/// ```
/// use reissue::client::{Client, ClientsError, SecretHash, SecretVerifier};
/// use reissue::ClientSecret;
///
/// struct Bcrypt(String);
///
/// impl SecretVerifier for Bcrypt {
///     fn verify(&self, secret: &ClientSecret) -> Result<bool, ClientsError> {
///         bcrypt::verify(secret.expose(), &self.0).map_err(ClientsError::new)
///     }
/// }
///
/// // As `password_hash` of PHP writes it.
/// let hash = "$2y$04$ZuwVYaHdzGMyxaPEwr4nTuRPQ6T.sKQAISyQDyVNLrtw01uNCsU9.";
/// let secret = SecretHash::custom(Bcrypt(hash.to_owned()));
/// assert!(secret.verify(&ClientSecret::new("a secret that a person has chosen")));
///
/// let client = Client::confidential("web", secret);
/// ```
///
/// # Where it runs
///
/// A check may be slow and may block. It runs in the queue of
/// [`SlowChecks`](crate::guessing::SlowChecks), on a thread of its own and never on an async
/// thread. The server bounds how many run at once and how long one waits in the queue. A check that
/// has started runs to its end, so it needs time-outs for what it waits for.
///
/// If a check panics, the client gets `503`.
pub trait SecretVerifier: Send + Sync + 'static {
    /// Returns whether the secret is correct. Must compare in constant time, or hash first.
    ///
    /// # Errors
    ///
    /// [`ClientsError`] if the secret cannot be verified, for example because a service is down.
    /// The client gets `503` and tries again, and no guess is counted.
    fn verify(&self, secret: &ClientSecret) -> Result<bool, ClientsError>;

    /// Takes as long as [`verify`](Self::verify) does for a wrong secret, and verifies nothing.
    ///
    /// It is called when *another* client fails to authenticate, usually one that does not exist,
    /// so that the time does not reveal which ids are registered. Default: verifies the secret and
    /// drops the result. **Replace it where a check has an effect**, such as a service that counts
    /// failures and locks the account.
    ///
    /// # Errors
    ///
    /// The same as of [`verify`](Self::verify): if only one of them failed, the response would
    /// reveal which ids are registered.
    fn verify_decoy(&self, secret: &ClientSecret) -> Result<(), ClientsError> {
        self.verify(secret).map(drop)
    }
}

impl<F> SecretVerifier for F
where
    F: Fn(&ClientSecret) -> Result<bool, ClientsError> + Send + Sync + 'static,
{
    fn verify(&self, secret: &ClientSecret) -> Result<bool, ClientsError> {
        self(secret)
    }
}
