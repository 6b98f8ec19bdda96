//! Keys that are used one after the other, each a string or a table with its time.

use jiff::Timestamp;

use super::document::{Keys, Node};
use super::error::ConfigError;
use super::source::Source;

/// A key, and the time from which it is used.
#[derive(Debug)]
pub(crate) struct ScheduledKey {
    pub(crate) key: Source,
    /// In whole milliseconds. The first key without a time is used until that of another has come;
    /// the others only open.
    pub(crate) used_from: Option<Timestamp>,
}

/// What an element of an array of keys may be.
pub(super) struct Element {
    /// A string alone.
    pub(super) text: fn(&Node<'_>) -> Result<Source, ConfigError>,
    /// The keys of a table, `used_from` included.
    pub(super) known: &'static [&'static str],
    /// A table.
    pub(super) table: fn(&Keys<'_>) -> Result<Source, ConfigError>,
}

/// Reads the keys of `array`, no two with the same time.
pub(super) fn read(
    keys: &Keys<'_>,
    array: &'static str,
    element: &Element,
) -> Result<Vec<ScheduledKey>, ConfigError> {
    let mut times = Vec::new();
    keys.read_each(array, |node| {
        if !node.is_table() {
            times.push(None);
            return Ok(ScheduledKey {
                key: (element.text)(node)?,
                used_from: None,
            });
        }
        let members = node.table(element.known)?;
        let key = (element.table)(&members)?;
        let used_from = members.read("used_from", |node| {
            let time = node.time()?;
            match times.iter().position(|other| *other == Some(time)) {
                None => Ok(time),
                Some(other) => {
                    Err(node.conflict(format!("{array}[{other}] is used from the same time on")))
                }
            }
        })?;
        times.push(used_from);
        Ok(ScheduledKey { key, used_from })
    })
}
