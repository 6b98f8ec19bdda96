use bytes::Bytes;
use reissue::store::{Attempt, PastRotation, Revision};

use super::fields::{
    HAS_CONFLICTS, HAS_EXPIRY, HAS_IDLE, HAS_REVISION, HAS_ROTATIONS, HAS_SHARED, VERSION,
    idle_from_code,
};
use super::packed_record::{EarlierRotation, PackedRecord};

/// Bytes that are no record of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// A later version of this crate wrote them.
    Future,
    /// No version wrote them.
    Malformed,
}

impl PackedRecord {
    pub(crate) fn decode(bytes: &Bytes) -> Result<Self, DecodeError> {
        let mut reader = Reader { bytes, at: 0 };
        let head = reader.byte()?;
        match head >> 6 {
            VERSION => {}
            version if version > VERSION => return Err(DecodeError::Future),
            _ => return Err(DecodeError::Malformed),
        }
        let [a, b, c, d, e, f] = reader.take()?;
        let created_at = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let generation = reader.varint()?;
        let attempt = match generation {
            0 => None,
            _ => Some(Attempt::from_bytes(reader.take()?)),
        };
        let rotated_at = after(created_at, reader.varint()?)?;
        let revision = match head & HAS_REVISION {
            0 => Revision::ORIGINAL,
            _ => Revision::from_bytes(reader.take()?),
        };
        let conflicts = reader.varint_if(head & HAS_CONFLICTS != 0)?.unwrap_or(0);
        let idle = match reader.varint_if(head & HAS_IDLE != 0)? {
            None => None,
            Some(code) => Some(idle_from_code(code).ok_or(DecodeError::Malformed)?),
        };
        let expires_at = match reader.varint_if(head & HAS_EXPIRY != 0)? {
            None => None,
            Some(life) => Some(after(created_at, life)?),
        };
        let shared_generations = match head & HAS_SHARED {
            0 => 0,
            _ => reader.byte()?,
        };
        let (skipped, earlier) = match head & HAS_ROTATIONS {
            0 => (0, Vec::new()),
            _ => reader.rotations(created_at)?,
        };
        Ok(Self {
            generation,
            attempt,
            revision,
            conflicts: u32::try_from(conflicts).map_err(|_| DecodeError::Malformed)?,
            shared_generations,
            created_at,
            rotated_at,
            skipped,
            earlier,
            idle,
            expires_at,
            details: bytes.slice(reader.at..),
        })
    }
}

/// Reads fields one after the other. Fails with [`DecodeError::Malformed`] at the end of the bytes.
pub(super) struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, DecodeError> {
        let byte = *self.bytes.get(self.at).ok_or(DecodeError::Malformed)?;
        self.at += 1;
        Ok(byte)
    }

    fn take<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], DecodeError> {
        let taken = self.bytes[self.at..]
            .first_chunk()
            .ok_or(DecodeError::Malformed)?;
        self.at += LENGTH;
        Ok(*taken)
    }

    pub(super) fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if low << shift >> shift != low {
                return Err(DecodeError::Malformed);
            }
            number |= low << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(DecodeError::Malformed)
    }

    fn varint_if(&mut self, is_present: bool) -> Result<Option<u64>, DecodeError> {
        is_present.then(|| self.varint()).transpose()
    }

    /// Reads how many generations the last rotation skipped, and the rotations before it.
    fn rotations(&mut self, created_at: u64) -> Result<(u8, Vec<EarlierRotation>), DecodeError> {
        let [count, skipped] = self.take()?;
        if usize::from(count) > PastRotation::MAX_EARLIER {
            return Err(DecodeError::Malformed);
        }
        let earlier = (0..count).map(|_| {
            let [skipped, a, b, c, d, e] = self.take()?;
            let at = after(created_at, u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))?;
            Ok(EarlierRotation { skipped, at })
        });
        Ok((skipped, earlier.collect::<Result<_, _>>()?))
    }
}

fn after(start: u64, millis: u64) -> Result<u64, DecodeError> {
    start.checked_add(millis).ok_or(DecodeError::Malformed)
}
