use super::{GrantType, InvalidGrantType};

#[test]
fn names_and_uris_are_grant_types() {
    for name in [
        "password",
        "x",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "a-b.c_9",
    ] {
        assert_eq!(GrantType::new(name).unwrap().as_str(), name);
        assert_eq!(name.parse::<GrantType>().unwrap().to_string(), name);
    }
}

#[test]
fn nothing_else_is() {
    for name in [
        "",
        " ",
        "pass word",
        "pass\nword",
        "\"",
        "\\",
        "ü",
        "<x>",
        "a\0",
    ] {
        assert_eq!(GrantType::new(name), Err(InvalidGrantType), "{name:?}");
    }
}

#[test]
fn a_constant_equals_what_is_parsed() {
    assert_eq!("refresh_token".parse(), Ok(GrantType::REFRESH_TOKEN));
    assert_eq!(
        "urn:ietf:params:oauth:grant-type:device_code".parse(),
        Ok(GrantType::DEVICE_CODE)
    );
}
