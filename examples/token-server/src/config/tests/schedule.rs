//! Keys with the time from which they are used.

use super::*;

const SEAL_KEY: &str = "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8";

fn with_times(times: &[&str]) -> String {
    let keys: Vec<_> = times
        .iter()
        .map(|time| format!("{{ file = \"key.pem\", used_from = {time} }}"))
        .collect();
    format!("tokens.signing_keys = [{}]", keys.join(", "))
}

#[test]
fn a_key_is_a_text_or_a_table() {
    let config = config(&format!(
        "[tokens]\nsigning_keys = [\"a.pem\", {{ file = \"b.pem\" }}]\n\
         seal_keys = [{{ used_from = 2027-01-31T08:00:00+01:00, key = \"{SEAL_KEY}\" }}]"
    ));
    let [a, b] = &config.tokens.signing_keys[..] else {
        panic!("there are two");
    };
    assert_eq!((a.key.as_path(), a.used_from), (Path::new("a.pem"), None));
    assert_eq!((b.key.as_path(), b.used_from), (Path::new("b.pem"), None));
    let sealing = &config.tokens.seal_keys[0];
    assert_eq!(sealing.key.expose(), SEAL_KEY);
    let used_from = sealing.used_from.expect("it has a time");
    assert_eq!(used_from.to_string(), "2027-01-31T07:00:00Z");
}

#[test]
fn a_time_is_a_moment_everywhere() {
    for time in [
        "2027-01-31",
        "08:00:00",
        "2027-01-31T08:00:00",
        "1969-12-31T23:59:59Z",
        "\"2027-01-31T08:00:00Z\"",
        "1801382400",
    ] {
        let refused = refusal(&with_times(&[time]));
        let says = "tokens.signing_keys[0].used_from: expected a date and time with an offset, \
                    without quotes, such as 2027-01-31T08:00:00Z; found ";
        assert!(refused.starts_with(says), "{refused}");
    }
    for time in ["1970-01-01T00:00:00Z", "2027-01-31 08:00:00.5-08:00"] {
        config(&with_times(&[time]));
    }
}

#[test]
fn two_keys_are_not_used_from_the_same_time_on() {
    let (one, same) = ("2027-01-31T08:00:00Z", "2027-01-31T09:00:00.0001+01:00");
    assert_eq!(
        refusal(&with_times(&[one, "2027-02-01T08:00:00Z", same])),
        "tokens.signing_keys[2].used_from: signing_keys[0] is used from the same time on (line 1)"
    );
    config(&with_times(&[one, "2027-01-31T09:00:00.001+01:00"]));
}

#[test]
fn a_table_without_its_key_or_with_another_one_is_refused() {
    for (key, says) in [
        (
            "signing_keys = [{ used_from = 2027-01-31T08:00:00Z }]".to_owned(),
            "tokens.signing_keys[0].file: missing; expected the key (in the table at line 1)",
        ),
        (
            format!("seal_keys = [{{ file = \"{SEAL_KEY}\" }}]"),
            "tokens.seal_keys[0].file: unknown key; expected one of key, used_from (line 1)",
        ),
        (
            "seal_keys = [{ key = \"k4.local.short\" }]".to_owned(),
            "tokens.seal_keys[0].key: expected a PASERK of the form \"k4.local.…\" with 43 \
             characters of key; found another string (line 1)",
        ),
    ] {
        assert_eq!(refusal(&format!("tokens.{key}")), says);
    }
}

#[test]
fn keys_are_not_kept_for_longer_than_a_day() {
    assert_eq!(
        refusal("tokens.jwks_max_age = \"25h\""),
        "tokens.jwks_max_age: expected at most 86400 seconds; found \"25h\" (line 1)"
    );
}
