use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> RedirectUri {
    RedirectUri::parse(text).unwrap_or_else(|found| panic!("{text}: {found}"))
}

#[test]
fn a_redirect_uri_is_matched_character_by_character() {
    for registered in [
        "https://app.example/callback",
        "https://app.example/callback?tenant=blue",
        "https://app.example:8443/callback",
        "http://localhost/callback",
        "http://localhost:3000/callback",
        "http://127.0.0.1:3000/callback",
        "com.example.app:/callback",
    ] {
        let uri = uri(registered);
        assert!(uri.matches(registered), "{registered}");
        for other in [
            format!("{registered}/"),
            format!("{registered}?"),
            format!("{registered}#"),
            format!("{registered}/../evil"),
            format!("{registered}%2f"),
            format!(" {registered}"),
            registered.replace("callback", "Callback"),
            registered.replace("app.", "evil.app."),
            registered.replace("://", "://evil@"),
            registered.replacen("https", "http", 1),
            registered.replace(":3000", ":3001"),
            registered.replace("localhost/", "localhost:80/"),
            String::new(),
        ] {
            if other != registered {
                assert!(!uri.matches(&other), "{registered}: {other}");
            }
        }
    }
}

#[test]
fn a_loopback_address_without_a_port_has_any() {
    for (registered, address, path) in [
        ("http://127.0.0.1/callback", "http://127.0.0.1", "/callback"),
        ("http://[::1]/callback", "http://[::1]", "/callback"),
        ("http://127.0.0.1", "http://127.0.0.1", ""),
        ("http://127.0.0.1?a=b", "http://127.0.0.1", "?a=b"),
    ] {
        let uri = uri(registered);
        for port in ["", ":1", ":80", ":49152", ":65535"] {
            assert!(uri.matches(&format!("{address}{port}{path}")), "{port}");
        }
        for port in [
            ":",
            ":0",
            ":080",
            ":+80",
            ":65536",
            ":1e3",
            ":80:80",
            ":80@evil.example",
            "@evil.example",
            ".evil.example",
            ":80/callback",
            "/",
            "/callback?a=",
        ] {
            assert!(!uri.matches(&format!("{address}{port}{path}")), "{port}");
        }
    }
    assert!(!uri("http://127.0.0.1/callback").matches("http://[::1]/callback"));
    assert!(!uri("http://127.0.0.1/callback").matches("http://localhost:80/callback"));
    assert!(!uri("http://127.0.0.1/callback").matches("https://127.0.0.1:80/callback"));
}

#[test]
fn what_an_answer_must_not_be_sent_to_is_not_registered() {
    for (text, found) in [
        ("https://app.example/#top", "a URI with a fragment"),
        ("https://app.example/a b", "a URI with other characters"),
        ("https://app.example/\"", "a URI with other characters"),
        ("https://äpp.example/", "a URI with other characters"),
        ("/callback", "something without a scheme in lower case"),
        (
            "HTTPS://app.example/",
            "something without a scheme in lower case",
        ),
        ("//app.example", "something without a scheme in lower case"),
        ("http://app.example/callback", "http to another machine"),
        ("http://127.0.0.1.evil.example/", "http to another machine"),
        ("http://127.0.0.2/", "http to another machine"),
        ("http:///callback", "a URI without a host"),
        ("https:app.example", "a URI without a host"),
        ("https://", "a URI without a host"),
        ("https://:443/", "a URI without a host"),
        (
            "https://me:secret@app.example/",
            "a URI with user information",
        ),
        (
            "http://127.0.0.1@evil.example/",
            "a URI with user information",
        ),
        ("javascript:alert(1)", "another scheme, without a dot in it"),
        ("data:text/html,x", "another scheme, without a dot in it"),
        ("myapp:/callback", "another scheme, without a dot in it"),
    ] {
        assert_eq!(RedirectUri::parse(text), Err(found), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_but_the_port_varies(
        registered in "(https?|com\\.example)://?[a-z0-9.:\\[\\]@/?]{0,20}",
        requested in "\\PC{0,40}",
    ) {
        if let Ok(uri) = RedirectUri::parse(&registered) {
            prop_assert!(uri.matches(&registered));
            if uri.matches(&requested) && requested != registered {
                prop_assert!(uri.any_port_after.is_some());
            }
        }
    }
}
