use proptest::prelude::*;

use super::Parameters;
use crate::denial::Denial;

fn pairs(body: &[u8]) -> Vec<(String, String)> {
    Parameters::parse(body)
        .unwrap()
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn plus_and_percent_are_decoded() {
    assert_eq!(
        pairs(b"a+b=c%2Bd%26%C3%A9"),
        [("a b".into(), "c+d&é".into())]
    );
}

#[test]
fn only_the_first_equals_sign_separates() {
    assert_eq!(pairs(b"a=b=c"), [("a".into(), "b=c".into())]);
}

#[test]
fn an_empty_value_is_as_if_absent() {
    assert_eq!(pairs(b"a=&b&&c=1&"), [("c".into(), "1".into())]);
}

#[test]
fn a_repeated_name_is_rejected_even_with_the_same_or_an_empty_value() {
    for body in ["a=1&a=1", "a=1&a=2", "a=&a=", "a=1&%61=2", "a&a=1"] {
        assert_eq!(
            Parameters::parse(body.as_bytes()).unwrap_err(),
            Denial::ParameterRepeated,
            "{body}"
        );
    }
}

#[test]
fn broken_encodings_are_rejected() {
    for body in [
        &b"a=%"[..],
        b"a=%4",
        b"a=%zz",
        b"a=%4%31",
        b"a=%+1",
        b"a=%FF",
        b"a=\xFF",
        b"a=%C3",
        b"a=%C3\xA9",
        b"\xEF\xBB\xBFa=1",
        b"a=%00",
        b"a=%0A",
        b"a=\n",
        b"a=%7F",
        b"a=%C2%85",
        b"%00=1",
    ] {
        assert_eq!(
            Parameters::parse(body).unwrap_err(),
            Denial::ParameterEncoding,
            "{body:?}"
        );
    }
}

#[test]
fn the_hundred_and_first_parameter_is_too_many() {
    let body = |count: usize| {
        (0..count)
            .map(|n| format!("p{n}=1"))
            .collect::<Vec<_>>()
            .join("&")
    };
    assert!(Parameters::parse(body(100).as_bytes()).is_ok());
    assert_eq!(
        Parameters::parse(body(101).as_bytes()).unwrap_err(),
        Denial::TooManyParameters
    );
}

#[test]
fn debug_shows_names_only() {
    let parameters = Parameters::parse(b"password=hunter2").unwrap();
    assert_eq!(format!("{parameters:?}"), r#"{"password"}"#);
}

#[test]
fn credentials_can_be_taken_out() {
    let parameters = Parameters::parse(b"a=1&client_secret=s&client_id=c").unwrap();
    let rest = parameters.without_credentials();
    assert_eq!(rest.get("client_secret"), None);
    assert_eq!(rest.get("client_id"), Some("c"));
}

proptest! {
    #[test]
    fn any_bytes_get_a_result(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Parameters::parse(&body);
    }

    #[test]
    fn what_was_encoded_is_decoded(
        pairs in prop::collection::btree_map("[^\\p{Cc}]{1,8}", "[^\\p{Cc}]{1,8}", 0..8),
        spell_out in any::<bool>(),
    ) {
        let body = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name, spell_out), encode(value, spell_out)))
            .collect::<Vec<_>>()
            .join("&");
        let parsed = Parameters::parse(body.as_bytes()).unwrap();
        prop_assert_eq!(parsed.iter().count(), pairs.len());
        for (name, value) in &pairs {
            prop_assert_eq!(parsed.get(name), Some(value.as_str()));
        }
    }
}

fn encode(text: &str, spell_out: bool) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' if !spell_out => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
