use bytes::Bytes;
use reissue::store::{Attempt, Revision};

use super::fields::{
    AGE_BITS, CREATION_BITS, END_OF_TIME, HAS_CONFLICTS, HAS_IDLE, HAS_RARE, HAS_REVISION,
    HAS_SHARED, VERSION, idle_from_code,
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
        let generation = reader.varint()?;
        let revision = match head & HAS_REVISION {
            0 => Revision::ORIGINAL,
            _ => Revision::from_bytes(reader.take()?),
        };
        let idle = match reader.varint_if(head & HAS_IDLE != 0)? {
            None => None,
            Some(code) => Some(idle_from_code(code).ok_or(DecodeError::Malformed)?),
        };
        let attempt = Attempt::from_bytes(reader.take()?);
        let mut age = reader.age()?;
        let [a, b, c, d, e, f] = reader.take()?;
        let created_at = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
        let rotations = created_at >> CREATION_BITS;
        let created_at = created_at & ((1 << CREATION_BITS) - 1);
        let mut life = reader.age()?;
        let mut unlimited = (1 << AGE_BITS) - 1;
        let earlier = (0..rotations)
            .map(|_| {
                Ok(EarlierRotation {
                    skipped: reader.byte()?,
                    at: created_at + reader.age()?,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut skipped = 0;
        if head & HAS_RARE != 0 {
            let [skipped_generations, high_of_age, high_of_life] = reader.take()?;
            skipped = skipped_generations;
            age |= u64::from(high_of_age) << AGE_BITS;
            life |= u64::from(high_of_life) << AGE_BITS;
            unlimited = END_OF_TIME - 1;
        }
        let conflicts = reader.varint_if(head & HAS_CONFLICTS != 0)?.unwrap_or(0);
        let shared_generations = match head & HAS_SHARED {
            0 => 0,
            _ => reader.byte()?,
        };
        Ok(Self {
            generation,
            attempt: (generation > 0).then_some(attempt),
            revision,
            conflicts: u32::try_from(conflicts).map_err(|_| DecodeError::Malformed)?,
            shared_generations,
            created_at,
            rotated_at: created_at + age,
            skipped,
            earlier,
            idle,
            expires_at: (life != unlimited).then(|| created_at + life),
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

    /// Reads milliseconds from the creation.
    fn age(&mut self) -> Result<u64, DecodeError> {
        let [a, b, c, d, e] = self.take()?;
        Ok(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
    }
}
