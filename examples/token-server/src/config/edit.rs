//! Edits of the file that change what they must and keep every other byte, comments included.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::ConfigError;

/// An edit that cannot be made. Holds no secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EditError {
    /// The file is not TOML.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The value is not there to be changed.
    #[error("tokens.{key}: not in the file; write {example} into [tokens] first")]
    Missing {
        key: &'static str,
        example: &'static str,
    },
    /// The array is an array of tables, or something else that has no closing bracket.
    #[error("tokens.{key}: expected an array in brackets, such as {key} = [...]")]
    NotInBrackets { key: &'static str },
}

/// Returns `text` with `element` added to the end of the array of keys `tokens.{array}`.
pub(crate) fn append_key(
    text: &str,
    array: &'static str,
    element: &str,
) -> Result<String, EditError> {
    let document = DeTable::parse(text).map_err(|error| ConfigError::syntax(text, &error))?;
    let not_in_brackets = EditError::NotInBrackets { key: array };
    let Some(value) = token_value(&document, array) else {
        return Err(EditError::Missing {
            key: array,
            example: "the key in use",
        });
    };
    let DeValue::Array(items) = value.get_ref() else {
        return Err(not_in_brackets);
    };
    let span = value.span();
    let is_in_brackets = text[span.clone()].starts_with('[') && text[span.clone()].ends_with(']');
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Err(not_in_brackets);
    };
    if !is_in_brackets || first.span().start <= span.start || last.span().end >= span.end {
        return Err(not_in_brackets);
    }
    let is_multiline = text[span.start..first.span().start].contains('\n');
    let end = span.end - 1;
    let mut edited = text.to_owned();
    if is_multiline {
        append_line(&mut edited, last.span(), end, element);
    } else {
        edited.insert_str(last.span().end, &format!(", {element}"));
    }
    Ok(edited)
}

/// Returns `text` with another value of `tokens.alg`.
pub(crate) fn replace_algorithm(text: &str, algorithm: &str) -> Result<String, EditError> {
    let document = DeTable::parse(text).map_err(|error| ConfigError::syntax(text, &error))?;
    let value = token_value(&document, "alg").ok_or(EditError::Missing {
        key: "alg",
        example: "alg = \"EdDSA\"",
    })?;
    let mut edited = text.to_owned();
    edited.replace_range(value.span(), &format!("\"{algorithm}\""));
    Ok(edited)
}

/// Adds a line after that of the last element, behind the comment that may stand there.
fn append_line(text: &mut String, last: Range<usize>, end: usize, element: &str) {
    let line = text[..last.start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..last.start];
    let indent = if before.trim().is_empty() {
        before.to_owned()
    } else {
        "    ".to_owned()
    };
    let comma = comma(&text[last.end..end]).map(|at| last.end + at);
    let after = comma.map_or(last.end, |at| at + 1);
    let at = match text[after..end].find(['\r', '\n']) {
        Some(line_end) => after + line_end,
        None => after,
    };
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    text.insert_str(at, &format!("{newline}{indent}{element},"));
    if comma.is_none() {
        text.insert(last.end, ',');
    }
}

/// The comma that follows an element, comments left out.
fn comma(tail: &str) -> Option<usize> {
    let mut is_comment = false;
    tail.char_indices().find_map(|(at, c)| {
        match c {
            '#' => is_comment = true,
            '\n' => is_comment = false,
            ',' if !is_comment => return Some(at),
            _ => {}
        }
        None
    })
}

fn token_value<'d>(
    document: &'d Spanned<DeTable<'d>>,
    key: &str,
) -> Option<&'d Spanned<DeValue<'d>>> {
    match document.get_ref().get("tokens")?.get_ref() {
        DeValue::Table(tokens) => tokens.get(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
