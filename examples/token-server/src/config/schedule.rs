//! Keys that are used one after the other, each on its own or in a table with its time.

use jiff::Timestamp;

use super::document::{Keys, Node};
use super::error::ConfigError;

/// A key, and the time from which it is used.
#[derive(Debug)]
pub(crate) struct ScheduledKey<T> {
    pub(crate) key: T,
    /// In whole milliseconds. The first key without a time is used until that of another has come;
    /// the others only open.
    pub(crate) used_from: Option<Timestamp>,
}

/// What the table of a key is made of.
pub(super) struct Table {
    /// The name of the key itself.
    pub(super) key: &'static str,
    /// This name and `used_from`.
    pub(super) keys: &'static [&'static str],
}

/// The keys of `array`, no two with the same time.
pub(super) fn read<T>(
    keys: &Keys<'_>,
    array: &'static str,
    table: &Table,
    read_key: impl Fn(&Node<'_>) -> Result<T, ConfigError>,
) -> Result<Vec<ScheduledKey<T>>, ConfigError> {
    let mut times = Vec::new();
    keys.read_each(array, |node| {
        if !node.is_table() {
            times.push(None);
            return Ok(ScheduledKey {
                key: read_key(node)?,
                used_from: None,
            });
        }
        let members = node.table(table.keys)?;
        let key = read_key(&members.required(table.key, "the key")?)?;
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
