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
    assert_eq!((path_of(a), a.used_from), (Path::new("a.pem"), None));
    assert_eq!((path_of(b), b.used_from), (Path::new("b.pem"), None));
    let sealing = &config.tokens.seal_keys[0];
    assert!(matches!(&sealing.key, Source::Inline(key) if key.expose() == SEAL_KEY));
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
            "tokens.signing_keys[0]: one of file, env is needed (line 1)",
        ),
        (
            "seal_keys = [{ used_from = 2027-01-31T08:00:00Z }]".to_owned(),
            "tokens.seal_keys[0]: one of key, file, env is needed (line 1)",
        ),
        (
            "seal_keys = [{ file = \"a.key\", env = \"A_KEY\" }]".to_owned(),
            "tokens.seal_keys[0]: only one of key, file, env can be (line 1)",
        ),
        (
            "signing_keys = [{ key = \"a\" }]".to_owned(),
            "tokens.signing_keys[0].key: unknown key; expected one of file, env, used_from (line 1)",
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

#[test]
fn a_key_may_be_in_a_file_or_in_the_environment() {
    let config = config(
        "[tokens]\nsigning_keys = [{ env = \"SIGNING_KEY\" }]\n\
         signing_key_passphrase = { file = \"passphrase\" }\n\
         seal_keys = [{ file = \"seal.key\" }, { env = \"OLD_2\", used_from = 2020-01-31T08:00:00Z }]",
    );
    let tokens = &config.tokens;
    assert!(matches!(&tokens.signing_keys[0].key, Source::Env(name) if name == "SIGNING_KEY"));
    assert_eq!(path_of(&tokens.seal_keys[0]), Path::new("seal.key"));
    assert!(matches!(&tokens.seal_keys[1].key, Source::Env(name) if name == "OLD_2"));
    assert!(matches!(
        &tokens.signing_key_passphrase,
        Some(Source::File(_))
    ));
}

#[test]
fn a_key_that_stands_where_a_path_or_a_name_is_expected_is_not_shown() {
    let key = "k4.local.pl4nt3dpl4nt3d";
    for (text, says) in [
        (
            format!("seal_keys = [{{ file = \"{key}\" }}]"),
            "tokens.seal_keys[0].file: expected the path of a file; found what looks like the key \
             itself (line 1)",
        ),
        (
            "signing_keys = [\"-----BEGIN PRIVATE KEY-----\"]".to_owned(),
            "tokens.signing_keys[0]: expected the path of a file; found what looks like the key \
             itself (line 1)",
        ),
        (
            format!("seal_keys = [{{ env = \"{key}\" }}]"),
            "tokens.seal_keys[0].env: expected the name of an environment variable, of capital \
             letters, digits and underscores; found another string (line 1)",
        ),
    ] {
        assert_eq!(refusal(&format!("tokens.{text}")), says);
    }
}

fn path_of(scheduled: &ScheduledKey) -> &Path {
    match &scheduled.key {
        Source::File(path) => path,
        other => panic!("not a file: {other:?}"),
    }
}
