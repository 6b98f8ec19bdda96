use super::*;
use crate::config::Config;

fn template() -> String {
    let template = Template {
        signing_key: "keys/signing.pem".to_owned(),
        seal_key: "keys/seal.key".to_owned(),
        secret_sha256: "960ad0d5e52653b8ba4ea4d5a96b59af1ea965f848eb380287f56f94a1a729bd"
            .to_owned(),
        password_argon2: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
            .to_owned(),
    };
    template.render()
}

#[test]
fn every_place_is_filled_and_the_file_is_valid() {
    let text = template();
    assert!(!text.contains("{{"), "{text}");
    let config = Config::parse(&text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.clients.len(), 2);
    assert_eq!(config.tokens.seal_keys.len(), 1);
}

#[test]
fn every_key_that_is_commented_out_may_be_used() {
    let text = template();
    let keys = text.lines().filter(|line| {
        let key = line
            .strip_prefix("# ")
            .and_then(|line| line.split_once(" = "));
        key.is_some_and(|(key, _)| !key.contains([' ', '.', ':']))
    });
    let keys: Vec<_> = keys.collect();
    assert!(keys.len() > 8, "{keys:?}");
    for line in keys {
        let text = text.replacen(line, &line[2..], 1);
        let parsed = Config::parse(&text);
        assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
    }
}
