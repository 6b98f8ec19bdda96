//! Refresh tokens: PASETO `v4.local` with the encrypted grant inside, so that most checks need no
//! store.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::format::IssueError;
use super::paseto::{KeyWithFooter, Parts, seal_local};
use super::payload::GrantWire;
use crate::clock::Timestamp;
use crate::grant::Grant;
use crate::key::{KeyRing, SymmetricKey};
use crate::secret::{FamilySecret, RefreshToken};
use crate::store::Revision;
use crate::v4_local::{HEADER, token_length};

/// The format of refresh tokens of one issuer.
pub(crate) struct RefreshTokens {
    keys: KeyRing<KeyWithFooter<SymmetricKey>>,
    /// Format version, purpose and issuer: authenticated with every token, and not part of it.
    assertion: Vec<u8>,
}

/// The contents of a decrypted refresh token.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) secret: FamilySecret,
    pub(crate) generation: u64,
    pub(crate) revision: Revision,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) client_id: String,
    pub(crate) grant: Grant,
}

/// The contents of a new refresh token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contents<'a> {
    pub(crate) secret: &'a FamilySecret,
    pub(crate) generation: u64,
    pub(crate) revision: Revision,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) client_id: &'a str,
    pub(crate) grant: &'a Grant,
}

/// Why a text is not a refresh token of this issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotARefreshToken {
    Malformed,
    UnknownKey,
}

impl RefreshTokens {
    /// The longest refresh token, in characters. A grant that would need more is not issued, and a
    /// longer text is not decoded.
    pub(crate) const MAX_LENGTH: usize = 4_096;

    pub(crate) fn new(keys: KeyRing<SymmetricKey>, issuer: &str) -> Self {
        let assertion = serde_json::json!(["reissue", 1, "refresh", issuer]);
        Self {
            keys: keys.map(|key| {
                let footer = key.short_id().to_owned();
                KeyWithFooter::new(key, footer)
            }),
            assertion: assertion.to_string().into_bytes(),
        }
    }

    /// Encrypts a token with the key that is active when it is issued.
    pub(crate) fn seal(&self, contents: Contents<'_>) -> Result<RefreshToken, IssueError> {
        let payload = payload(contents).ok_or(IssueError::TooLong)?;
        let KeyWithFooter { key, footer, .. } = self.keys.active_at(contents.issued_at);
        if token_length(payload.len(), footer.len()) > Self::MAX_LENGTH {
            return Err(IssueError::TooLong);
        }
        seal_local(key, &payload, footer.as_bytes(), &self.assertion).map(RefreshToken::new)
    }

    /// Returns whether a grant fits into every later token of its session, whose numbers grow.
    pub(crate) fn fits(&self, client_id: &str, grant: &Grant) -> bool {
        let largest = Contents {
            secret: &FamilySecret::placeholder(),
            generation: u64::MAX,
            revision: Revision::from_bytes([0xff; 16]),
            issued_at: Timestamp::from_millis(u64::MAX),
            expires_at: Some(Timestamp::from_millis(u64::MAX)),
            client_id,
            grant,
        };
        // The short ids of all keys have the same length.
        let footer = self.keys.active_at(largest.issued_at).footer.len();
        payload(largest)
            .is_some_and(|payload| token_length(payload.len(), footer) <= Self::MAX_LENGTH)
    }

    /// Decrypts a token. It is authentic, of this issuer, for this purpose and in its canonical
    /// spelling; its contents are not checked.
    pub(crate) fn open(&self, token: &str, now: Timestamp) -> Result<Opened, NotARefreshToken> {
        if token.len() > Self::MAX_LENGTH {
            return Err(NotARefreshToken::Malformed);
        }
        let parts = Parts::of(token, HEADER).map_err(|_| NotARefreshToken::Malformed)?;
        let found = self.keys.find_by_footer(parts.footer, now);
        let KeyWithFooter { key, footer, .. } = found.map_err(|_| unknown(&parts))?;
        let payload = key
            .v4_local()
            .decrypt(parts.body, footer.as_bytes(), &self.assertion)
            .map(Zeroizing::new)
            .map_err(|_| NotARefreshToken::Malformed)?;
        read(&payload).ok_or(NotARefreshToken::Malformed)
    }
}

impl fmt::Debug for RefreshTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokens").finish_non_exhaustive()
    }
}

/// Returns the error for a token that does not decrypt: whether it names a key that is not in the
/// ring, or no key.
fn unknown(parts: &Parts<'_>) -> NotARefreshToken {
    let footer = parts.footer.and_then(|_| parts.decoded_footer());
    match footer.map(String::from_utf8) {
        Some(Ok(_)) => NotARefreshToken::UnknownKey,
        Some(Err(_)) | None => NotARefreshToken::Malformed,
    }
}

/// Encodes the details of a store's record; `None` if the label is too long, because the size of a
/// session is bounded.
pub(crate) fn to_details(client_id: &str, grant: &Grant) -> Option<Bytes> {
    let label = grant.label.as_deref().unwrap_or_default();
    if label.len() > Grant::MAX_LABEL_LENGTH {
        return None;
    }
    let details = serde_json::to_vec(&GrantWire::for_record(client_id, grant)).ok()?;
    Some(details.into())
}

/// Decodes client and grant from the details of a store's record; `None` if this code has not
/// written them.
pub(crate) fn from_details(details: &[u8], subject: &str) -> Option<(String, Grant)> {
    serde_json::from_slice::<GrantWire<'_>>(details)
        .ok()?
        .into_grant(subject.to_owned())
}

/// Encodes the payload of a token; `None` if it is too long for a token.
fn payload(contents: Contents<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let secret = contents.secret.encode();
    let wire = Wire {
        s: Cow::from(secret.as_str()),
        g: contents.generation,
        r: (contents.revision != Revision::ORIGINAL)
            .then(|| Cow::from(contents.revision.to_text())),
        i: contents.issued_at.as_millis(),
        x: contents.expires_at.map(Timestamp::as_millis),
        u: Cow::from(contents.grant.subject.as_str()),
        a: GrantWire::for_token(contents.client_id, contents.grant),
    };
    write::<TYPICAL>(&wire).or_else(|| write::<{ RefreshTokens::MAX_LENGTH }>(&wire))
}

/// Encodes into a buffer that does not grow, because growing would leave copies in freed memory.
/// `None` if it is too small.
fn write<const SIZE: usize>(wire: &Wire<'_>) -> Option<Zeroizing<Vec<u8>>> {
    let mut buffer = Zeroizing::new(vec![0; SIZE]);
    let mut rest = buffer.as_mut_slice();
    serde_json::to_writer(&mut rest, wire).ok()?;
    let unused = rest.len();
    buffer.truncate(SIZE - unused);
    Some(buffer)
}

fn read(payload: &[u8]) -> Option<Opened> {
    let wire: Wire<'_> = serde_json::from_slice(payload).ok()?;
    let (client_id, grant) = wire.a.into_grant(wire.u.into_owned())?;
    Some(Opened {
        secret: FamilySecret::decode(&wire.s)?,
        generation: wire.g,
        revision: match &wire.r {
            None => Revision::ORIGINAL,
            Some(text) => Revision::from_text(text)?,
        },
        issued_at: Timestamp::from_millis(wire.i),
        expires_at: wire.x.map(Timestamp::from_millis),
        client_id,
        grant,
    })
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    /// family secret, base64url
    #[serde(borrow)]
    s: Cow<'a, str>,
    /// generation
    g: u64,
    /// revision, base64url; absent for the original one
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    r: Option<Cow<'a, str>>,
    /// issued at, milliseconds, like the store
    i: u64,
    /// absolute expiry, milliseconds
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<u64>,
    /// subject
    u: Cow<'a, str>,
    /// grant
    a: GrantWire<'a>,
}

/// Room for the payload of a typical token.
const TYPICAL: usize = 512;

#[cfg(test)]
mod tests;
