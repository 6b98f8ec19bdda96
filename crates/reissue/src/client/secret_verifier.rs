use super::ClientsError;
use crate::secret::ClientSecret;

/// Verifies a client secret in a way of the application's own: by a hash that this crate does not
/// know, a hardware module, a password service.
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
/// # What it may rely on
///
/// A check may take its time and may block. It runs in the queue of
/// [`SlowChecks`](crate::guessing::SlowChecks), on a thread of its own, and never on an async
/// thread: the server bounds how many run at once and how long one waits for its turn. Once begun,
/// a check runs to its end, so it must bound its own waiting for others.
///
/// A check that panics counts as one that could not be run: the client gets `503`.
pub trait SecretVerifier: Send + Sync + 'static {
    /// Returns whether the secret is right. Compares in constant time, or hashes first.
    ///
    /// # Errors
    ///
    /// [`ClientsError`] if it cannot tell, for example because the service is down. The client gets
    /// `503` and tries again, and it does not count as a guess.
    fn verify(&self, secret: &ClientSecret) -> Result<bool, ClientsError>;

    /// Takes as long as [`verify`](Self::verify) does for a wrong secret, and verifies nothing.
    ///
    /// It is called when *another* client fails to authenticate, most of all one that does not
    /// exist, so that the time does not tell who is registered. Default: verifies the secret and
    /// drops the result. **Replace it where a check has an effect**, such as a service that counts
    /// failures and locks the account.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify): where one fails and the other does not, the response tells who
    /// is registered.
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
