use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{InvalidJson, Json, JsonNumber};

/// Any value of a few levels, with about so many values in it.
pub(crate) fn json(size: u32) -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        "\\PC{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, size, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map("\\PC{0,4}", inner, 0..4).prop_map(Json::from),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in json(24)) {
        prop_assert_eq!(Json::parse(&value.to_string()), Ok(value));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\\[\\]{}\",:0-9eE+.\\-a-z\\\\ ]{0,40}") {
        if let Ok(value) = Json::parse(&text) {
            prop_assert_eq!(Json::parse(&value.to_string()), Ok(value));
        }
    }

    /// `serde_json` reads the same text as the same value.
    #[test]
    fn another_reader_agrees(value in json(24)) {
        let text = value.to_string();
        let other: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&other).unwrap(), text);
    }
}

#[test]
fn no_whole_number_of_64_bits_is_lost() {
    for number in [0, 1, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX] {
        assert_eq!(Json::from(number).to_string(), number.to_string());
        assert_eq!(
            Json::parse(&number.to_string()).unwrap().as_u64(),
            Some(number)
        );
    }
    for number in [i64::MIN, -1, 0, i64::MAX] {
        assert_eq!(Json::from(number).to_string(), number.to_string());
        assert_eq!(
            Json::parse(&number.to_string()).unwrap().as_i64(),
            Some(number)
        );
    }
    assert_eq!(Json::from(3_i32), Json::from(3_u64));
    assert_ne!(Json::from(1.0), Json::from(1));
}

#[test]
fn numbers_that_json_does_not_have_are_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Json::from(number), Json::Null);
        assert_eq!(JsonNumber::from_f64(number), None);
    }
    assert_eq!(Json::parse("1e400"), Err(InvalidJson));
}

#[test]
fn members_of_one_name_are_rejected_at_every_level() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"[{"b":{"a":1,"a":2}}]"#,
    ] {
        assert_eq!(Json::parse(text), Err(InvalidJson), "{text}");
    }
}

#[test]
fn text_that_is_not_json_is_rejected() {
    for text in [
        "",
        " ",
        "nul",
        "{",
        "[1,]",
        "1 2",
        "{\"a\":1}x",
        "'a'",
        "01",
        "\"\n\"",
    ] {
        assert_eq!(Json::parse(text), Err(InvalidJson), "{text:?}");
    }
}

#[test]
fn depth_and_length_are_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let deepest = Json::parse(&nested(Json::MAX_DEPTH)).unwrap();
    assert!(deepest.is_within(Json::MAX_DEPTH));
    assert!(!deepest.is_within(Json::MAX_DEPTH - 1));
    assert_eq!(Json::parse(&nested(Json::MAX_DEPTH + 1)), Err(InvalidJson));
    assert_eq!(Json::parse(&"[".repeat(60_000)), Err(InvalidJson));
    let text = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
    assert!(Json::parse(&text(Json::MAX_LENGTH)).is_ok());
    assert_eq!(Json::parse(&text(Json::MAX_LENGTH + 1)), Err(InvalidJson));
}

#[test]
fn values_of_rust_become_json() {
    let map = BTreeMap::from([("b", 2), ("a", 1)]);
    for (value, text) in [
        (Json::from(map), r#"{"a":1,"b":2}"#),
        (Json::from(Some("x")), r#""x""#),
        (Json::from(None::<bool>), "null"),
        (Json::from([1.5, 2.0]), "[1.5,2.0]"),
        (Json::from(vec![Json::Null, false.into()]), "[null,false]"),
        (Json::object([("a", "b")]), r#"{"a":"b"}"#),
    ] {
        assert_eq!(value.to_string(), text);
    }
}
