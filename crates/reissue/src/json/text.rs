//! JSON text: read with bounds, and written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess};
use serde::{Serialize, Serializer};

use super::number::Representation;
use super::{Json, JsonNumber};

impl Json {
    /// Reads a value from JSON text.
    ///
    /// Whole numbers beyond `u64` and `i64` become the nearest `f64`.
    ///
    /// ```
    /// use reissue::Json;
    ///
    /// let tenant = Json::parse(r#"{"name":"blue","seats":18446744073709551615}"#)?;
    /// assert_eq!(tenant.get("seats").and_then(Json::as_u64), Some(u64::MAX));
    /// assert_eq!(tenant.to_string(), r#"{"name":"blue","seats":18446744073709551615}"#);
    ///
    /// assert!(Json::parse(r#"{"name":"blue","name":"red"}"#).is_err());
    /// # Ok::<_, reissue::InvalidJson>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidJson`] for text that is not JSON, for an object with two members of one name (RFC
    /// 8259 §4 leaves open which one counts, and readers differ), for numbers beyond `f64`, and for
    /// more than [`Json::MAX_LENGTH`] bytes or [`Json::MAX_DEPTH`] levels.
    pub fn parse(text: &str) -> Result<Self, InvalidJson> {
        if text.len() > Self::MAX_LENGTH {
            return Err(InvalidJson);
        }
        read(text.as_bytes(), Self::MAX_DEPTH).ok_or(InvalidJson)
    }
}

impl FromStr for Json {
    type Err = InvalidJson;

    fn from_str(text: &str) -> Result<Self, InvalidJson> {
        Self::parse(text)
    }
}

/// Writes it as JSON text without white space.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(&JsonText::of(self)).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

/// The text is not JSON, or more than is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected JSON of at most 65,536 bytes and 32 levels, without two members of one name in an object"
)]
#[non_exhaustive]
pub struct InvalidJson;

/// Reads a value of at most `depth` levels; `None` if there is none, or something after it.
pub(crate) fn read(text: &[u8], depth: usize) -> Option<Json> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Level(depth).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// A value as serde reads and writes it: [`Json`] has no serde traits, so that they are no promise.
#[derive(Clone, Debug)]
pub(crate) struct JsonText<'a>(Cow<'a, Json>);

impl<'a> JsonText<'a> {
    pub(crate) fn of(value: &'a Json) -> Self {
        Self(Cow::Borrowed(value))
    }

    #[cfg(feature = "issue")]
    pub(crate) fn into_json(self) -> Json {
        self.0.into_owned()
    }
}

impl Serialize for JsonText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &*self.0 {
            Json::Array(items) => serializer.collect_seq(items.iter().map(JsonText::of)),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Null => serializer.serialize_unit(),
            Json::Number(number) => match number.representation() {
                Representation::Fraction(number) => serializer.serialize_f64(number),
                Representation::Natural(number) => serializer.serialize_u64(number),
                Representation::Negative(number) => serializer.serialize_i64(number),
            },
            Json::Object(members) => {
                let members = members.iter();
                serializer.collect_map(members.map(|(name, value)| (name, JsonText::of(value))))
            }
            Json::String(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for JsonText<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Level(Json::MAX_DEPTH).deserialize(deserializer)?;
        Ok(Self(Cow::Owned(value)))
    }
}

/// Reads a value in which so many arrays and objects may be within one another.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn below<E: de::Error>(self) -> Result<Self, E> {
        let rest = self.0.checked_sub(1);
        rest.map(Self).ok_or_else(|| E::custom("too many levels"))
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Level {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Json, E> {
        let number = JsonNumber::from_f64(number);
        let number = number.ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Json::Number(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Json, E> {
        Ok(Json::String(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(below)? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let below = self.below()?;
        let mut members = BTreeMap::new();
        while let Some(name) = access.next_key::<String>()? {
            let value = access.next_value_seed(below)?;
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("two members of one name"));
            }
        }
        Ok(Json::Object(members))
    }
}
