use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A value that goes with a statement.
#[derive(Debug)]
pub(crate) enum Parameter {
    Bytes(Vec<u8>),
    Flag(bool),
    ManyBytes(Vec<Vec<u8>>),
    ManyNumbers(Vec<Option<i64>>),
    Number(Option<i64>),
    Text(&'static str),
}

impl From<&[u8]> for Parameter {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_owned())
    }
}

impl<const N: usize> From<&[u8; N]> for Parameter {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<bool> for Parameter {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Parameter {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Parameter {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl From<Vec<Vec<u8>>> for Parameter {
    fn from(many: Vec<Vec<u8>>) -> Self {
        Self::ManyBytes(many)
    }
}

impl From<Vec<Option<i64>>> for Parameter {
    fn from(many: Vec<Option<i64>>) -> Self {
        Self::ManyNumbers(many)
    }
}

impl From<&'static str> for Parameter {
    fn from(text: &'static str) -> Self {
        Self::Text(text)
    }
}

impl ToSql for Parameter {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Bytes(bytes) => bytes.to_sql(kind, out),
            Self::Flag(flag) => flag.to_sql(kind, out),
            Self::ManyBytes(many) => many.to_sql(kind, out),
            Self::ManyNumbers(many) => many.to_sql(kind, out),
            Self::Number(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [
            Type::BOOL,
            Type::BYTEA,
            Type::BYTEA_ARRAY,
            Type::INT8,
            Type::INT8_ARRAY,
            Type::TEXT,
        ]
        .contains(kind)
    }

    to_sql_checked!();
}
