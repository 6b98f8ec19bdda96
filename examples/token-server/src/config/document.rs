//! A cursor over parsed TOML that keeps path and position, so that every error can name them.

use jiff::Timestamp;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{ConfigError, line};
use super::secret::Secret;
use super::shown::{clipped, shown, type_of};

/// A table whose keys are all known.
pub(super) struct Keys<'d> {
    text: &'d str,
    path: String,
    offset: usize,
    table: &'d DeTable<'d>,
    known: &'static [&'static str],
}

impl<'d> Keys<'d> {
    /// Returns the keys at the top of a document.
    pub(super) fn root(
        text: &'d str,
        table: &'d Spanned<DeTable<'d>>,
        known: &'static [&'static str],
    ) -> Result<Self, ConfigError> {
        Self {
            text,
            path: String::new(),
            offset: 0,
            table: table.get_ref(),
            known,
        }
        .checked()
    }

    /// Returns the value of a key, if it is in the file.
    pub(super) fn optional(&self, key: &'static str) -> Option<Node<'d>> {
        debug_assert!(self.known.contains(&key), "{key} is not in the list");
        let (name, value) = self.table.get_key_value(key)?;
        Some(Node {
            text: self.text,
            path: self.path_of(key),
            offset: name.span().start,
            value: value.get_ref(),
        })
    }

    /// Returns the value of a key that must be in the file.
    pub(super) fn required(
        &self,
        key: &'static str,
        expected: &'static str,
    ) -> Result<Node<'d>, ConfigError> {
        self.optional(key).ok_or_else(|| ConfigError::Missing {
            path: self.path_of(key),
            line: line(self.text, self.offset),
            expected,
        })
    }

    /// Reads the value of a key with `read`, if it is in the file.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Node<'d>) -> Result<T, ConfigError>,
    ) -> Result<Option<T>, ConfigError> {
        self.optional(key).as_ref().map(read).transpose()
    }

    /// Reads each element of an array with `read`; none if the key is not in the file.
    pub(super) fn read_each<T>(
        &self,
        key: &'static str,
        read: impl FnMut(&Node<'d>) -> Result<T, ConfigError>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(node) = self.optional(key) else {
            return Ok(Vec::new());
        };
        node.items()?.iter().map(read).collect()
    }

    /// Returns the error that this table as a whole contradicts itself.
    pub(super) fn conflict(&self, reason: impl Into<String>) -> ConfigError {
        ConfigError::Conflict {
            path: self.path.clone(),
            line: line(self.text, self.offset),
            reason: reason.into(),
        }
    }

    /// Returns the error that the value of `key` leaves no default for another key, which was not
    /// given.
    pub(super) fn undecided(
        &self,
        key: &'static str,
        missing: &str,
        expected: &'static str,
    ) -> ConfigError {
        let offset = self.optional(key).map_or(self.offset, |node| node.offset);
        ConfigError::Undecided {
            path: missing.to_owned(),
            line: line(self.text, offset),
            expected,
        }
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let unknown = |name: &&Spanned<_>| {
            let name: &str = AsRef::<str>::as_ref(name.get_ref());
            !self.known.contains(&name)
        };
        // The first in the file, not the first in the alphabet.
        let first = self
            .table
            .keys()
            .filter(unknown)
            .min_by_key(|name| name.span().start);
        match first {
            None => Ok(self),
            Some(name) => Err(ConfigError::Unknown {
                path: self.path_of(&self.shown_key(name)),
                line: line(self.text, name.span().start),
                known: self.known,
            }),
        }
    }

    /// Returns a key as it was written, unless it was in quotes. No key here needs them, so it may
    /// be a secret that lost its key, as in `["k4.local.…"]`.
    fn shown_key(&self, name: &Spanned<DeString<'_>>) -> String {
        let written = self.text.get(name.span()).unwrap_or_default();
        if written.starts_with(['"', '\'']) {
            "(a key in quotes)".to_owned()
        } else {
            clipped(name.get_ref())
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

/// A value with its path and position.
pub(super) struct Node<'d> {
    text: &'d str,
    path: String,
    offset: usize,
    value: &'d DeValue<'d>,
}

impl<'d> Node<'d> {
    pub(super) fn string(&self, expected: &str) -> Result<&'d str, ConfigError> {
        match self.value {
            DeValue::String(text) => Ok(text),
            other => Err(self.refuse(expected, type_of(other))),
        }
    }

    /// Returns a string that is not empty.
    pub(super) fn text(&self, expected: &str) -> Result<&'d str, ConfigError> {
        match self.string(expected)? {
            "" => Err(self.refuse(expected, "an empty string")),
            text => Ok(text),
        }
    }

    /// Returns a string that is not empty and that no message shows.
    pub(super) fn secret(&self, expected: &str) -> Result<Secret, ConfigError> {
        self.text(expected).map(Secret::new)
    }

    pub(super) fn boolean(&self) -> Result<bool, ConfigError> {
        match self.value {
            DeValue::Boolean(value) => Ok(*value),
            other => Err(self.refuse("true or false", type_of(other))),
        }
    }

    pub(super) fn count(&self) -> Result<u32, ConfigError> {
        let expected = "a whole number from 0 to 4294967295";
        let DeValue::Integer(number) = self.value else {
            return Err(self.refuse(expected, type_of(self.value)));
        };
        u32::from_str_radix(number.as_str(), number.radix())
            .map_err(|_| self.refuse(expected, clipped(&number.to_string())))
    }

    /// Returns a date and time, in whole milliseconds.
    pub(super) fn time(&self) -> Result<Timestamp, ConfigError> {
        let expected =
            "a date and time with an offset, without quotes, such as 2027-01-31T08:00:00Z";
        let DeValue::Datetime(written) = self.value else {
            return Err(self.refuse(expected, type_of(self.value)));
        };
        let written = written.to_string();
        let time: Option<Timestamp> = written.parse().ok();
        time.and_then(|time| Timestamp::from_millisecond(time.as_millisecond()).ok())
            .filter(|time| *time >= Timestamp::UNIX_EPOCH)
            .ok_or_else(|| self.refuse(expected, clipped(&written)))
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    /// Returns what one of a few words stands for.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, ConfigError> {
        let expected = || {
            let words: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            format!("one of {}", words.join(", "))
        };
        let DeValue::String(text) = self.value else {
            return Err(self.refuse(expected(), type_of(self.value)));
        };
        words
            .iter()
            .find(|(word, _)| word == text)
            .map(|(_, value)| *value)
            .ok_or_else(|| self.refuse(expected(), shown(text)))
    }

    pub(super) fn table(&self, known: &'static [&'static str]) -> Result<Keys<'d>, ConfigError> {
        let DeValue::Table(table) = self.value else {
            return Err(self.refuse("a table", type_of(self.value)));
        };
        Keys {
            text: self.text,
            path: self.path.clone(),
            offset: self.offset,
            table,
            known,
        }
        .checked()
    }

    pub(super) fn items(&self) -> Result<Vec<Node<'d>>, ConfigError> {
        let DeValue::Array(items) = self.value else {
            return Err(self.refuse("an array", type_of(self.value)));
        };
        let node = |(index, item): (usize, &'d Spanned<DeValue<'d>>)| Node {
            text: self.text,
            path: format!("{}[{index}]", self.path),
            offset: item.span().start,
            value: item.get_ref(),
        };
        Ok(items.iter().enumerate().map(node).collect())
    }

    /// Returns the type of the value, without the value.
    pub(super) fn type_of(&self) -> &'static str {
        type_of(self.value)
    }

    /// Returns the error that this value is not what its key allows. `found` must show no secret.
    pub(super) fn refuse(
        &self,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> ConfigError {
        ConfigError::Value {
            path: self.path.clone(),
            line: line(self.text, self.offset),
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// Returns the error that this value contradicts another one.
    pub(super) fn conflict(&self, reason: impl Into<String>) -> ConfigError {
        ConfigError::Conflict {
            path: self.path.clone(),
            line: line(self.text, self.offset),
            reason: reason.into(),
        }
    }
}
