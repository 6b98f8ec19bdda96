use bytes::Bytes;
use redis::Value;
use reissue::store::Record;
use reissue::{Sid, Timestamp};

use crate::error::{RedisStoreError, RedisStoreErrorKind};
use crate::record::{DecodeError, PackedRecord};
use crate::tag::Tag;

/// The reply of a script, checked to be the one to its request.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The server's clock, in milliseconds since the epoch.
    now: u64,
    /// A status, or the cursor of a page.
    head: Value,
    /// What belongs to the status, or the families of a page.
    data: Option<Value>,
}

/// What a script did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Added,
    Already,
    Changed,
    Done,
    Full,
    Missing,
    Record,
    Unchanged,
}

impl Reply {
    /// Parses a reply, and checks that it repeats the tag of its request.
    pub(crate) fn parse(value: Value, tag: &Tag) -> Result<Self, RedisStoreError> {
        // The short script responds with the tag alone if it has done all.
        let mut parts = match value {
            Value::BulkString(ref echo) if echo.len() >= Tag::LENGTH => {
                vec![value, Value::Int(0), Value::BulkString(b"done".into())]
            }
            value => array(value).ok_or(UNEXPECTED)?,
        }
        .into_iter();
        match parts.next() {
            Some(Value::BulkString(echo)) if echo.starts_with(tag.as_bytes()) => {}
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
            head: parts.next().ok_or(UNEXPECTED)?,
            data: parts.next(),
        })
    }

    pub(crate) fn status(&self) -> Result<Status, RedisStoreError> {
        match &self.head {
            Value::BulkString(word) => match word.as_slice() {
                b"added" => Ok(Status::Added),
                b"already" => Ok(Status::Already),
                b"changed" => Ok(Status::Changed),
                b"done" => Ok(Status::Done),
                b"full" => Ok(Status::Full),
                b"missing" => Ok(Status::Missing),
                b"record" => Ok(Status::Record),
                b"unchanged" => Ok(Status::Unchanged),
                _ => Err(UNEXPECTED),
            },
            _ => Err(UNEXPECTED),
        }
    }

    /// Returns whether the short script has left the work to the full one.
    pub(crate) fn is_slow(&self) -> bool {
        matches!(&self.head, Value::BulkString(word) if word == b"slow")
    }

    /// Returns the record as it is at the server's time, whether or not it has expired.
    pub(crate) fn record(self) -> Result<Record, RedisStoreError> {
        let now = self.now;
        Ok(decode(&self.bytes()?)?.into_record(now))
    }

    /// Returns the record; `None` if it has expired.
    pub(crate) fn live_record(self) -> Result<Option<Record>, RedisStoreError> {
        let now = self.now;
        let packed = decode(&self.bytes()?)?;
        Ok(packed.is_live(now).then(|| packed.into_record(now)))
    }

    /// Returns the concatenated `sid`s.
    pub(crate) fn sids(self) -> Result<Vec<Sid>, RedisStoreError> {
        let bytes = self.bytes()?;
        let (sids, rest) = bytes.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(UNEXPECTED);
        }
        Ok(sids.iter().copied().map(Sid::from_bytes).collect())
    }

    pub(crate) fn count(self) -> Result<u64, RedisStoreError> {
        match self.data {
            Some(Value::Int(count)) => u64::try_from(count).map_err(|_| UNEXPECTED),
            _ => Err(UNEXPECTED),
        }
    }

    /// Returns the server's time.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Returns the cursor of the next page, or 0 if this is the last one, and the live families of
    /// this page.
    pub(crate) fn page(self) -> Result<(u64, Vec<(Sid, Record)>), RedisStoreError> {
        let now = self.now;
        let (cursor, families) = self.packed_page()?;
        let record = |(sid, packed): (_, PackedRecord)| (sid, packed.into_record(now));
        Ok((cursor, families.into_iter().map(record).collect()))
    }

    /// Returns the same as [`page`](Self::page), as it is recorded.
    pub(crate) fn packed_page(self) -> Result<(u64, Vec<(Sid, PackedRecord)>), RedisStoreError> {
        let (cursor, parts) = scanned(self.head, self.data.ok_or(UNEXPECTED)?)?;
        let mut parts = parts.into_iter();
        let mut families = Vec::with_capacity(parts.len() / 2);
        while let (Some(field), Some(record)) = (parts.next(), parts.next()) {
            let unreadable = RedisStoreErrorKind::UnreadableRecord;
            let sid: Result<[u8; 16], _> = bytes(field)?[..].try_into();
            let sid = sid.map_err(|_| RedisStoreError::new(unreadable))?;
            let packed = decode(&bytes(record)?)?;
            if packed.is_live(self.now) {
                families.push((Sid::from_bytes(sid), packed));
            }
        }
        Ok((cursor, families))
    }

    /// Returns the error for a status that does not fit the request. Usually it is a record that
    /// the script could not read.
    pub(crate) fn unexpected(self) -> RedisStoreError {
        match self.status() {
            Ok(Status::Record) => self.record().err().unwrap_or(UNEXPECTED),
            _ => UNEXPECTED,
        }
    }

    fn bytes(self) -> Result<Bytes, RedisStoreError> {
        bytes(self.data.ok_or(UNEXPECTED)?)
    }
}

/// Parses the response to `SCAN`: the next cursor, and keys.
pub(crate) fn keys(response: Value) -> Result<(u64, Vec<Bytes>), RedisStoreError> {
    let mut parts = array(response).ok_or(UNEXPECTED)?.into_iter();
    let (Some(cursor), Some(keys)) = (parts.next(), parts.next()) else {
        return Err(UNEXPECTED);
    };
    let (cursor, keys) = scanned(cursor, keys)?;
    let keys = keys.into_iter().map(bytes).collect::<Result<_, _>>()?;
    Ok((cursor, keys))
}

/// Parses the response to `TIME`.
pub(crate) fn time(response: Value) -> Result<Timestamp, RedisStoreError> {
    let parts = array(response).ok_or(UNEXPECTED)?;
    let numbers: Result<Vec<u64>, _> = parts.into_iter().map(number).collect();
    match numbers?[..] {
        [seconds, micros] => Ok(Timestamp::from_millis(seconds * 1_000 + micros / 1_000)),
        _ => Err(UNEXPECTED),
    }
}

fn scanned(cursor: Value, found: Value) -> Result<(u64, Vec<Value>), RedisStoreError> {
    Ok((number(cursor)?, array(found).ok_or(UNEXPECTED)?))
}

/// Parses a number that Redis sends as text.
fn number(value: Value) -> Result<u64, RedisStoreError> {
    let digits = bytes(value)?;
    let number = std::str::from_utf8(&digits).ok();
    number.and_then(|it| it.parse().ok()).ok_or(UNEXPECTED)
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

fn decode(bytes: &Bytes) -> Result<PackedRecord, RedisStoreError> {
    PackedRecord::decode(bytes).map_err(|error| {
        RedisStoreError::new(match error {
            DecodeError::Future => RedisStoreErrorKind::FutureRecord,
            DecodeError::Malformed => RedisStoreErrorKind::UnreadableRecord,
        })
    })
}

const UNEXPECTED: RedisStoreError = RedisStoreError::new(RedisStoreErrorKind::UnexpectedReply);

#[cfg(test)]
mod tests;
