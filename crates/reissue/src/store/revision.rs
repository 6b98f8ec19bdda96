//! The identifier of a record's details.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::sid::{digest, truncated};

/// The identifier of a session's grant: a digest of the details of its record and of all details
/// before them.
///
/// A digest, not a counter: after a store has lost writes, a counter would give two different
/// grants one number. Equal revisions of a session stand for equal grants, even if the store has
/// lost writes in between.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revision([u8; 16]);

impl Revision {
    /// The revision of every session whose details were never replaced.
    pub const ORIGINAL: Self = Self([0; 16]);

    /// Returns the revision with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes, for a store's record.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Returns the revision of a session whose details were of this revision and are replaced by
    /// `details`.
    #[must_use]
    pub fn next(self, details: &[u8]) -> Self {
        Self(truncated(&digest(
            "reissue revision 1",
            &[&self.0, details],
        )))
    }

    /// Returns 22 characters of base64url, for a token.
    pub(crate) fn to_text(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Reads the text of a revision; `None` for any other spelling.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().map(Self).ok()
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({})", self.to_text())
    }
}
