use std::collections::HashSet;

use form_urlencoded::Serializer;
use reissue::Parameters;

use crate::Outcome;

/// The form of a request to the token endpoint: `body` is the body.
///
/// # Panics
///
/// If a form is read as something else than other parsers read, if it is laxer than RFC 6749
/// allows, or if it does not survive being written and read again.
#[must_use]
pub fn form(body: &[u8]) -> Outcome {
    let Ok(parameters) = Parameters::parse(body) else {
        return Outcome::Refused;
    };
    let pairs: Vec<(&str, &str)> = parameters.iter().collect();
    for (name, value) in &pairs {
        assert!(!value.is_empty(), "{name} has an empty value");
        assert_eq!(parameters.get(name), Some(*value));
        assert!(!name.chars().chain(value.chars()).any(char::is_control));
    }

    let others: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let names: HashSet<&str> = others.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), others.len(), "a name is repeated");
    assert!(others.len() <= Parameters::MAX);
    let filled: Vec<(&str, &str)> = others
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    assert_eq!(pairs, filled);

    let written = Serializer::new(String::new()).extend_pairs(&pairs).finish();
    let again = Parameters::parse(written.as_bytes()).expect("what was read can be written");
    assert!(again.iter().eq(pairs), "{written}");
    Outcome::Accepted
}
