//! How errors show what is in the file.

use toml::de::DeValue;

/// Returns a string as an error shows it: quoted, escaped and clipped.
pub(super) fn shown(text: &str) -> String {
    format!("{:?}", clipped(text))
}

/// Returns the beginning of a long text.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

/// Returns the name of a type, without the value.
pub(super) fn type_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Array(_) => "an array",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Float(_) => "a fraction",
        DeValue::Integer(_) => "a number",
        DeValue::String(_) => "a string",
        DeValue::Table(_) => "a table",
    }
}

const LONGEST_SHOWN: usize = 40;
