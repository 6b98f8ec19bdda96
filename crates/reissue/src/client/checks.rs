//! The hashes that a presented secret is checked against. No I/O.

use super::{AuthMethod, Client, ClientsError, Credentials, SecretHash};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::guessing::Purpose;
use crate::secret::ClientSecret;

/// The hashes to check a presented secret against, and whether it is denied regardless of the
/// result.
#[derive(Debug)]
pub(super) struct Checks {
    /// The fast hashes of the client.
    pub(super) fast: Vec<SecretHash>,
    /// The slow hashes of the client.
    pub(super) slow: Vec<SecretHash>,
    /// Decoys, checked only for the time that it takes.
    pub(super) padding: Vec<SecretHash>,
    pub(super) forced_denial: Option<Denial>,
}

impl Checks {
    /// Plans the same number of slow hashes for every failure: those of the client, padded with
    /// decoys. With a forced denial the hashes are still checked, and the result is ignored.
    pub(super) fn plan(
        client: Option<&Client>,
        credentials: &Credentials,
        decoy: &[SecretHash],
        now: Timestamp,
    ) -> Self {
        let forced_denial = match client {
            None => Some(Denial::ClientUnknown),
            Some(client) if !client.is_enabled() => Some(Denial::ClientDisabled),
            Some(client) if !client.auth_methods.contains(&credentials.method) => {
                Some(match credentials.method {
                    AuthMethod::None => Denial::CredentialsMissing,
                    _ => Denial::ClientMethodNotAllowed,
                })
            }
            Some(_) => None,
        };
        let (slow, mut fast): (Vec<_>, Vec<_>) = client
            .into_iter()
            .flat_map(|client| &client.secrets)
            .filter(|(_, expires_at)| expires_at.is_none_or(|end| now < end))
            .map(|(hash, _)| hash.clone())
            .partition(SecretHash::is_slow);
        if fast.is_empty() && credentials.secret.is_some() {
            // No known input has this hash, so it matches no secret.
            fast.push(SecretHash::from_sha256([0; 32]));
        }
        let padding = decoy.iter().skip(slow.len()).cloned().collect();
        Self {
            fast,
            slow,
            padding,
            forced_denial,
        }
    }

    /// Returns whether the secret matches one of the fast hashes. All are checked, so that the time
    /// does not reveal which one matched.
    pub(super) fn check_fast(&self, secret: &ClientSecret) -> bool {
        let hashes = self.fast.iter();
        hashes.fold(false, |found, hash| found | hash.verify(secret))
    }

    /// Returns whether the secret matches one of the slow hashes, after the time that every failure
    /// takes.
    pub(super) fn check_slow(&self, secret: &ClientSecret) -> Result<bool, ClientsError> {
        let mut found = false;
        let mut failure = None;
        for hash in &self.slow {
            match hash.check(secret) {
                Ok(is_right) => found |= is_right,
                Err(error) => failure = Some(error),
            }
        }
        for decoy in &self.padding {
            if let Err(error) = decoy.check_as_decoy(secret) {
                failure = Some(error);
            }
        }
        match failure {
            Some(error) if !found => Err(error),
            _ => Ok(found),
        }
    }

    /// Returns the purpose of the slow hashes; `None` if there are none to check.
    pub(super) fn purpose(&self) -> Option<Purpose> {
        if self.slow.is_empty() && self.padding.is_empty() {
            return None;
        }
        let is_foregone = self.forced_denial.is_some() || self.slow.is_empty();
        Some(if is_foregone {
            Purpose::Decoy
        } else {
            Purpose::Decide
        })
    }
}
