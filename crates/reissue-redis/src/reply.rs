//! What the scripts answer.

use bytes::Bytes;
use redis::Value;
use reissue::Sid;

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::record::{Packed, Unreadable};
use crate::script::Tag;

/// A reply that is known to be the one to our request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The server's clock, in milliseconds since the epoch.
    pub(crate) now: u64,
    third: Value,
    fourth: Option<Value>,
}

/// What a script did, as far as it says so in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Already,
    Done,
    Full,
    Missing,
    Record,
}

impl Reply {
    pub(crate) fn read(value: Value, tag: &Tag) -> Result<Self, RedisStoreError> {
        let mut parts = array(value).ok_or(UNEXPECTED)?.into_iter();
        match parts.next() {
            Some(Value::BulkString(echo)) if echo == tag.as_bytes() => {}
            Some(_) => {
                return Err(RedisStoreError::new(RedisStoreErrorKind::MismatchedReply));
            }
            None => return Err(UNEXPECTED),
        }
        let now = match parts.next() {
            Some(Value::Int(now)) => u64::try_from(now).map_err(|_| UNEXPECTED)?,
            _ => return Err(UNEXPECTED),
        };
        Ok(Self {
            now,
            third: parts.next().ok_or(UNEXPECTED)?,
            fourth: parts.next(),
        })
    }

    pub(crate) fn status(&self) -> Result<Status, RedisStoreError> {
        match &self.third {
            Value::BulkString(word) => match word.as_slice() {
                b"already" => Ok(Status::Already),
                b"done" => Ok(Status::Done),
                b"full" => Ok(Status::Full),
                b"missing" => Ok(Status::Missing),
                b"record" => Ok(Status::Record),
                _ => Err(UNEXPECTED),
            },
            _ => Err(UNEXPECTED),
        }
    }

    /// The record that the reply ends with.
    pub(crate) fn record(self) -> Result<Packed, RedisStoreError> {
        decode(&self.bytes()?)
    }

    pub(crate) fn bytes(self) -> Result<Bytes, RedisStoreError> {
        bytes(self.fourth.ok_or(UNEXPECTED)?)
    }

    pub(crate) fn count(self) -> Result<u64, RedisStoreError> {
        match self.fourth {
            Some(Value::Int(count)) => u64::try_from(count).map_err(|_| UNEXPECTED),
            _ => Err(UNEXPECTED),
        }
    }

    /// The cursor of the next page, 0 if there is none, and field and record of each family on this one.
    pub(crate) fn page(self) -> Result<(u64, Vec<(Sid, Packed)>), RedisStoreError> {
        let cursor = std::str::from_utf8(&bytes(self.third)?)
            .ok()
            .and_then(|cursor| cursor.parse().ok())
            .ok_or(UNEXPECTED)?;
        let mut parts = array(self.fourth.ok_or(UNEXPECTED)?)
            .ok_or(UNEXPECTED)?
            .into_iter();
        let mut families = Vec::with_capacity(parts.len() / 2);
        while let (Some(field), Some(record)) = (parts.next(), parts.next()) {
            let unreadable = RedisStoreErrorKind::UnreadableRecord;
            let sid: Result<[u8; 16], _> = bytes(field)?[..].try_into();
            let sid = sid.map_err(|_| RedisStoreError::new(unreadable))?;
            families.push((Sid::from_bytes(sid), decode(&bytes(record)?)?));
        }
        Ok((cursor, families))
    }
}

fn array(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(parts) => Some(parts),
        _ => None,
    }
}

fn bytes(value: Value) -> Result<Bytes, RedisStoreError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes.into()),
        _ => Err(UNEXPECTED),
    }
}

fn decode(bytes: &Bytes) -> Result<Packed, RedisStoreError> {
    Packed::decode(bytes).map_err(|unreadable| match unreadable {
        Unreadable::Future { .. } => RedisStoreError::new(RedisStoreErrorKind::FutureRecord),
        Unreadable::Malformed => RedisStoreError::new(RedisStoreErrorKind::UnreadableRecord),
    })
}

const UNEXPECTED: RedisStoreError = RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply);

#[cfg(test)]
mod tests;
