//! Where an export goes on.

use bytes::Bytes;

use crate::store::{OneTimeId, Sid, SubjectKey};

/// Where a page of an export begins, in the store's own encoding. Opaque to callers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportCursor(Bytes);

impl ExportCursor {
    /// Makes a cursor of what a store needs to find the next page.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    /// Returns what the store has put in.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How far an export has come, for a store that reads in the order of keys: first the sessions,
/// then the consumed ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Position {
    /// Sessions follow: those after this one, or all.
    Sessions(Option<(SubjectKey, Sid)>),
    /// Only ids follow: those after this one, or all.
    OneTimeIds(Option<OneTimeId>),
}

impl Position {
    /// Returns the position of a cursor that [`to_cursor`](Self::to_cursor) has made, or the start
    /// without one; `None` for any other cursor.
    ///
    /// ```
    /// use reissue::store::OneTimeId;
    /// use reissue::store::transfer::{ExportCursor, Position};
    ///
    /// let position = Position::OneTimeIds(Some(OneTimeId::from_bytes([7; 32])));
    /// assert_eq!(Position::of(Some(&position.to_cursor())), Some(position));
    /// assert_eq!(Position::of(None), Some(Position::Sessions(None)));
    /// assert_eq!(Position::of(Some(&ExportCursor::from_bytes("?"))), None);
    /// ```
    #[must_use]
    pub fn of(cursor: Option<&ExportCursor>) -> Option<Self> {
        let Some(cursor) = cursor else {
            return Some(Self::Sessions(None));
        };
        match cursor.as_bytes() {
            [IDS] => Some(Self::OneTimeIds(None)),
            [IDS, id @ ..] => {
                let id = OneTimeId::from_bytes(id.try_into().ok()?);
                Some(Self::OneTimeIds(Some(id)))
            }
            [SESSIONS] => Some(Self::Sessions(None)),
            [SESSIONS, key @ ..] => {
                let (subject, sid) = key.split_first_chunk()?;
                let sid = Sid::from_bytes(sid.try_into().ok()?);
                Some(Self::Sessions(Some((
                    SubjectKey::from_bytes(*subject),
                    sid,
                ))))
            }
            _ => None,
        }
    }

    /// Returns the cursor of this position.
    #[must_use]
    pub fn to_cursor(self) -> ExportCursor {
        let mut bytes = Vec::with_capacity(33);
        match self {
            Self::OneTimeIds(after) => {
                bytes.push(IDS);
                bytes.extend(after.iter().flat_map(OneTimeId::as_bytes));
            }
            Self::Sessions(after) => {
                bytes.push(SESSIONS);
                if let Some((subject, sid)) = after {
                    bytes.extend(subject.as_bytes());
                    bytes.extend(sid.as_bytes());
                }
            }
        }
        ExportCursor::from_bytes(bytes)
    }
}

const IDS: u8 = 1;
const SESSIONS: u8 = 0;
