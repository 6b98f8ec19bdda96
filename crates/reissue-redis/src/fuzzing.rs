//! The codec of records, for the fuzz targets of this repository. No part of the public API: it changes without notice.

use bytes::Bytes;
use reissue::store::Record;

use crate::record::encode::encode;
use crate::record::{Packed, Unreadable};

/// A record that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackedRecord(Packed);

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// A version that comes after this one wrote them.
    Future,
    /// No version wrote them.
    Malformed,
}

impl PackedRecord {
    /// Reads what lies in a hash field.
    ///
    /// # Errors
    ///
    /// [`Refused`] for what this version has not written.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refused> {
        match Packed::decode(&Bytes::copy_from_slice(bytes)) {
            Ok(packed) => Ok(Self(packed)),
            Err(Unreadable::Future { .. }) => Err(Refused::Future),
            Err(Unreadable::Malformed) => Err(Refused::Malformed),
        }
    }

    /// Writes it as the scripts do.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(&self.0).into()
    }

    /// The idle time, in milliseconds; `None` if it never ends.
    #[must_use]
    pub fn idle(&self) -> Option<u64> {
        self.0.idle
    }

    /// As it is read at a moment, in milliseconds since the epoch.
    #[must_use]
    pub fn into_record(self, now: u64) -> Record {
        self.0.into_record(now)
    }

    /// Whether it is live at a moment.
    #[must_use]
    pub fn is_live(&self, now: u64) -> bool {
        self.0.is_live(now)
    }
}
