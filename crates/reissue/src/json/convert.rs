//! JSON values of values of Rust.

use std::collections::{BTreeMap, HashMap};

use super::{Json, JsonNumber};

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<JsonNumber> for Json {
    fn from(number: JsonNumber) -> Self {
        Self::Number(number)
    }
}

/// NaN and infinity, which JSON does not have, become `null`. [`JsonNumber::from_f64`] returns
/// `None` for them.
impl From<f64> for Json {
    fn from(number: f64) -> Self {
        JsonNumber::from_f64(number).map_or(Self::Null, Self::Number)
    }
}

macro_rules! from_integers {
    ($wide:ty: $($narrow:ty),+) => {
        $(
            impl From<$narrow> for Json {
                fn from(number: $narrow) -> Self {
                    Self::Number(JsonNumber::from(<$wide>::from(number)))
                }
            }
        )+
    };
}

from_integers!(i64: i8, i16, i32, i64);
from_integers!(u64: u8, u16, u32, u64);

/// `None` becomes `null`.
impl<T> From<Option<T>> for Json
where
    T: Into<Self>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T> From<Vec<T>> for Json
where
    T: Into<Self>,
{
    fn from(items: Vec<T>) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T, const N: usize> From<[T; N]> for Json
where
    T: Into<Self>,
{
    fn from(items: [T; N]) -> Self {
        Self::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<N, V> From<BTreeMap<N, V>> for Json
where
    N: Into<String>,
    V: Into<Self>,
{
    fn from(members: BTreeMap<N, V>) -> Self {
        Self::object(members)
    }
}

impl<N, V, S> From<HashMap<N, V, S>> for Json
where
    N: Into<String>,
    V: Into<Self>,
{
    fn from(members: HashMap<N, V, S>) -> Self {
        Self::object(members)
    }
}
