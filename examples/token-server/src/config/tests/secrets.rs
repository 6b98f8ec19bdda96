//! No secret leaves by an error or by `Debug`.

use super::*;

const PLANTED: &str = "pl4nt3d-s3cr3t";

/// Every place where a secret may stand, with the planted one in it, valid otherwise.
fn planted() -> String {
    format!(
        r#"
store = "memory:"
[tokens]
signing_keys = ["key.pem"]
signing_key_passphrase = "{PLANTED}"
seal_keys = ["k4.local.{PLANTED}{}", {{ key = "k4.local.{PLANTED}{}", used_from = 2027-01-31T08:00:00Z }}]
[[clients]]
id = "the-client-a"
secret = "{PLANTED}"
grants = []
[[clients]]
id = "the-client-b"
secret_argon2 = "$argon2id$v=19$m=1,t=1,p=1${PLANTED}$abc"
grants = []
[[clients]]
id = "the-client-c"
secret_sha256 = "{PLANTED}{}"
grants = []
[[users]]
name = "the-user-a"
password = "{PLANTED}"
[[users]]
name = "the-user-b"
password_argon2 = "$argon2id$v=19$m=1,t=1,p=1$salt${PLANTED}"
"#,
        "A".repeat(29),
        "B".repeat(29),
        "A".repeat(29),
    )
}

fn shows_nothing(text: &str) {
    match Config::parse(text) {
        Ok(config) => assert!(
            !format!("{config:?}{config:#?}").contains(PLANTED),
            "{text}"
        ),
        Err(error) => {
            let shown = format!("{error}{error:?}");
            assert!(!shown.contains(PLANTED), "{shown}\n{text}");
        }
    }
}

#[test]
fn a_whole_configuration_shows_no_secret() {
    let text = planted();
    config(&text);
    shows_nothing(&text);
}

#[test]
fn a_secret_of_the_wrong_form_is_not_shown() {
    for text in [
        format!("tokens.seal_keys = [\"{PLANTED}\"]"),
        format!("tokens.seal_keys = \"{PLANTED}\""),
        format!("tokens.seal_keys = [{{ key = \"{PLANTED}\" }}]"),
        format!("tokens.seal_keys = [{{ key = [\"{PLANTED}\"] }}]"),
        format!("tokens.seal_keys = [{{ \"{PLANTED}\" = 2027-01-31T08:00:00Z }}]"),
        format!(
            "tokens.seal_keys = [{{ key = \"k4.local.{PLANTED}{}\", used_from = \"{PLANTED}\" }}]",
            "A".repeat(29)
        ),
        format!("[[clients]]\nsecret_sha256 = \"{PLANTED}\""),
        format!("[[clients]]\nsecret_argon2 = \"{PLANTED}\""),
        format!("[[clients]]\nsecret = [\"{PLANTED}\"]"),
        format!("[[clients]]\npublic = \"{PLANTED}\""),
        format!("[[users]]\npassword_argon2 = \"{PLANTED}\""),
        format!("[[users]]\npassword = {{ a = \"{PLANTED}\" }}"),
        format!("[\"{PLANTED}\"]"),
        format!("store = \"mysql://user:{PLANTED}@localhost\""),
        format!("issuer = \"http://user:{PLANTED}@localhost\""),
    ] {
        assert!(Config::parse(&text).is_err(), "{text}");
        shows_nothing(&text);
    }
}

#[test]
fn a_syntax_error_does_not_quote_the_line() {
    for text in [
        format!("secret = {PLANTED}"),
        format!("secret = \"{PLANTED}"),
        format!("secret = \"{PLANTED}\" x"),
        format!("secret = '{PLANTED}\n'"),
        format!("secret = \"\\q{PLANTED}\""),
        format!("secret \"{PLANTED}\""),
    ] {
        assert!(refusal(&text).starts_with("not valid TOML"), "{text}");
        shows_nothing(&text);
    }
}

proptest! {
    /// Whatever is missing or too much, no message has the secret in it. (The cut is too short to
    /// make a secret the value of a key that may be shown.)
    #[test]
    fn no_mistake_shows_a_secret(at in 0..1000_usize, length in 0..12_usize, with in "[\"'=\\[\\]{}#a\n\\\\]{0,2}") {
        let text = planted();
        let at = at % text.len();
        let end = (at + length).min(text.len());
        shows_nothing(&format!("{}{with}{}", &text[..at], &text[end..]));
    }
}
