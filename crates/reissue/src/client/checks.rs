//! Which hashes a presented secret is checked against. Pure.

use super::{AuthMethod, Client, ClientsError, Credentials, SecretHash};
use crate::clock::Timestamp;
use crate::denial::Denial;
use crate::guessing::Purpose;
use crate::secret::ClientSecret;

/// Which hashes to check a presented secret against, and whether it is denied whatever they say.
#[derive(Debug)]
pub(super) struct Checks {
    /// Those of the client that cost next to nothing.
    pub(super) fast: Vec<SecretHash>,
    /// Those of the client that are slow on purpose.
    pub(super) slow: Vec<SecretHash>,
    /// Those that are checked for the time that it takes, and for nothing else.
    pub(super) padding: Vec<SecretHash>,
    pub(super) forced_denial: Option<Denial>,
}

impl Checks {
    /// Every failure comes to the same number of slow hashes: those of the client, filled up with
    /// decoys. With a forced denial the hashes are checked all the same, and their result is not
    /// looked at.
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
            // No secret has this hash: SHA-256 maps none to zero, as far as anyone knows.
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

    /// Returns whether the secret is one of those that cost next to nothing to check. All are
    /// checked, so that the time does not tell which one it was.
    pub(super) fn check_fast(&self, secret: &ClientSecret) -> bool {
        let hashes = self.fast.iter();
        hashes.fold(false, |found, hash| found | hash.verify(secret))
    }

    /// Returns whether the secret is one of the others, after the time that every failure takes.
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

    /// What the slow hashes are for, if there are any to check.
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
