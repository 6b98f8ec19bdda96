use super::*;
use crate::config::RedirectUri;

fn clients() -> Registry {
    let registered = Registered {
        name: "App".to_owned(),
        redirect_uris: vec![RedirectUri::parse("https://app.example/cb").unwrap()],
        scope: "openid read".parse().unwrap(),
    };
    [("app".to_owned(), registered)].into_iter().collect()
}

const GOOD: &str = "response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb\
                    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM\
                    &code_challenge_method=S256";

fn read(query: &str) -> Result<AuthorizationRequest, Refusal> {
    AuthorizationRequest::read(query, &clients())
}

#[test]
fn a_request_in_order_is_read() {
    let request = read(&format!("{GOOD}&scope=read&state=a%20b&nonce=n&unknown=1")).unwrap();
    assert_eq!(request.asked.client_id, "app");
    assert_eq!(request.asked.redirect.as_str(), "https://app.example/cb");
    assert_eq!(request.asked.scope, "read");
    assert_eq!(request.state.as_deref(), Some("a b"));
    let request = read(GOOD).unwrap();
    assert_eq!(
        request.asked.scope, "openid read",
        "all that it may ask for"
    );
    assert_eq!(request.state, None);
}

#[test]
fn nobody_is_sent_anywhere_before_client_and_address_are_known() {
    for (part, with) in [
        ("client_id=app", ""),
        ("client_id=app", "client_id=other"),
        ("client_id=app", "client_id=app&client_id=app"),
        ("redirect_uri=https%3A%2F%2Fapp.example%2Fcb", ""),
        ("app.example", "evil.example"),
        ("app.example", "app.example%40evil.example"),
        ("%2Fcb", "%2Fcb%2F..%2Fother"),
        ("%2Fcb", "%2Fcb%3Fnext%3Devil"),
        ("code_challenge_method=S256", "state=%0D%0A"),
        ("code_challenge_method=S256", "state=%f"),
        (GOOD, ""),
    ] {
        let query = GOOD.replacen(part, with, 1);
        assert!(matches!(read(&query), Err(Refusal::Page(_))), "{query}");
    }
}

#[test]
fn everything_else_is_told_to_the_client() {
    for (part, with, code) in [
        ("response_type=code", "", "invalid_request"),
        ("=code&", "=token&", "unsupported_response_type"),
        ("=code&", "=code+id_token&", "unsupported_response_type"),
        ("=S256", "=plain", "invalid_request"),
        ("=S256", "=s256", "invalid_request"),
        ("&code_challenge_method=S256", "", "invalid_request"),
        ("&code_challenge=E9", "&other=E9", "invalid_request"),
        ("&code_challenge=E9", "&code_challenge=E", "invalid_request"),
        ("=S256", "=S256&scope=write", "invalid_scope"),
        ("=S256", "=S256&scope=read++openid", "invalid_scope"),
        (
            "=S256",
            "=S256&resource=https://api.example",
            "invalid_target",
        ),
        ("=S256", "=S256&response_mode=fragment", "invalid_request"),
    ] {
        let query = format!("{}&state=s", GOOD.replacen(part, with, 1));
        let Err(Refusal::Redirect { to, state, error }) = read(&query) else {
            panic!("{query}");
        };
        assert_eq!(error.code, code, "{query}");
        assert_eq!(to.as_str(), "https://app.example/cb");
        assert_eq!(state.as_deref(), Some("s"));
    }
}
