//! A JSON value.

use std::collections::BTreeMap;

use super::JsonNumber;

/// A JSON value (RFC 8259 §3): of a claim, or of a response parameter.
///
/// It is made from values of Rust, or [parsed](Json::parse) from text. `to_string` writes it.
///
/// ```
/// use reissue::{Grant, Json};
///
/// let address = Json::object([("country", "DE"), ("city", "Berlin")]);
/// let grant = Grant::new("alice")
///     .with_claim("address", address)?
///     .with_claim("roles", ["admin", "editor"])?
///     .with_claim("level", 3)?
///     .with_claim("limits", Json::parse(r#"{"upload":{"mb":2.5}}"#)?)?;
/// let address = grant.claims.get("address").and_then(|address| address.get("city"));
/// assert_eq!(address, Some(&Json::from("Berlin")));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete by definition")]
pub enum Json {
    /// An array.
    Array(Vec<Json>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    #[default]
    Null,
    /// A number.
    Number(JsonNumber),
    /// An object. Its members are written in ascending order of their names.
    Object(BTreeMap<String, Json>),
    /// A string.
    String(String),
}

impl Json {
    /// How many arrays and objects may be within one another where a value is parsed, and in a
    /// claim or a response parameter.
    pub const MAX_DEPTH: usize = 32;

    /// How many bytes of text are [parsed](Json::parse) at most.
    pub const MAX_LENGTH: usize = 65_536;

    /// Returns an object of these members. Of two with one name, the last one counts.
    pub fn object<N, V>(members: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<Self>,
    {
        let members = members.into_iter();
        Self::Object(
            members
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    /// Returns the member of that name, if this is an object that has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// Returns the items, if this is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// Returns `true` or `false`, if this is one of them.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the number, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<JsonNumber> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the number, if this is a whole one of that range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number()?.as_i64()
    }

    /// Returns the number, if this is a whole one of that range.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.as_number()?.as_u64()
    }

    /// Returns the members, if this is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the text, if this is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// Returns whether at most `depth` arrays and objects are within one another.
    pub(crate) fn is_within(&self, depth: usize) -> bool {
        match (self, depth.checked_sub(1)) {
            (Self::Array(_) | Self::Object(_), None) => false,
            (Self::Array(items), Some(rest)) => items.iter().all(|item| item.is_within(rest)),
            (Self::Object(members), Some(rest)) => {
                members.values().all(|value| value.is_within(rest))
            }
            _ => true,
        }
    }
}
