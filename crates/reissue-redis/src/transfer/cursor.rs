use reissue::store::transfer::ExportCursor;
use reissue::store::{OneTimeId, SubjectKey};

use crate::keys::About;
use crate::node::Node;

/// How far an export has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The node whose keys are read; `None` for the only server.
    pub(super) node: Option<Node>,
    /// The next cursor of `SCAN` on this node; `None` if there are no more keys.
    pub(super) next_keys: Option<u64>,
    /// What was found and is still to be read, each with a cursor of `HSCAN`.
    pub(super) found: Vec<(About, u64)>,
}

impl Progress {
    /// Returns an export that begins at a node.
    pub(super) fn start(node: Option<Node>) -> Self {
        Self {
            node,
            next_keys: Some(0),
            found: Vec::new(),
        }
    }

    pub(super) fn to_cursor(&self) -> ExportCursor {
        let mut bytes = Vec::with_capacity(64 + 42 * self.found.len());
        let node = self.node.as_ref().map(|node| (&*node.host, node.port));
        let (host, port) = node.unwrap_or_default();
        bytes.extend(port.to_be_bytes());
        bytes.extend((host.len() as u64).to_be_bytes());
        bytes.extend(host.as_bytes());
        bytes.push(u8::from(self.next_keys.is_some()));
        bytes.extend(self.next_keys.unwrap_or_default().to_be_bytes());
        for (about, cursor) in &self.found {
            bytes.extend(cursor.to_be_bytes());
            match about {
                About::OneTimeId(id) => {
                    bytes.push(ONE_TIME_ID);
                    bytes.extend(id.as_bytes());
                }
                About::Subject(subject) => {
                    bytes.push(SUBJECT);
                    bytes.extend(subject.as_bytes());
                }
            }
        }
        ExportCursor::from_bytes(bytes)
    }

    /// Returns the progress of a cursor; `None` if this store has not made it.
    pub(super) fn of(cursor: &ExportCursor) -> Option<Self> {
        let mut bytes = cursor.as_bytes();
        let port = u16::from_be_bytes(take(&mut bytes)?);
        let length = usize::try_from(u64::from_be_bytes(take(&mut bytes)?)).ok()?;
        let (host, rest) = bytes.split_at_checked(length)?;
        bytes = rest;
        let host = String::from_utf8(host.to_vec()).ok()?;
        let node = (!host.is_empty()).then_some(Node { host, port });
        let [has_more] = take(&mut bytes)?;
        let next_keys = u64::from_be_bytes(take(&mut bytes)?);
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let cursor = u64::from_be_bytes(take(&mut bytes)?);
            let about = match take(&mut bytes)? {
                [ONE_TIME_ID] => About::OneTimeId(OneTimeId::from_bytes(take(&mut bytes)?)),
                [SUBJECT] => About::Subject(SubjectKey::from_bytes(take(&mut bytes)?)),
                _ => return None,
            };
            found.push((about, cursor));
        }
        Some(Self {
            node,
            next_keys: (has_more == 1).then_some(next_keys),
            found,
        })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

const ONE_TIME_ID: u8 = 1;
const SUBJECT: u8 = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back() {
        let node = Node {
            host: "::1".to_owned(),
            port: 7_000,
        };
        let id = OneTimeId::from_bytes([1; 32]);
        let subject = SubjectKey::from_bytes([2; 16]);
        let all = Progress {
            node: Some(node.clone()),
            next_keys: None,
            found: vec![(About::OneTimeId(id), 0), (About::Subject(subject), 9)],
        };
        for progress in [all, Progress::start(None), Progress::start(Some(node))] {
            let cursor = progress.to_cursor();
            assert_eq!(Progress::of(&cursor), Some(progress));
            let cut = cursor.as_bytes()[..cursor.as_bytes().len() - 1].to_vec();
            assert_eq!(Progress::of(&ExportCursor::from_bytes(cut)), None);
        }
    }
}
