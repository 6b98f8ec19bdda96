//! Requests for codes, and codes, that are denied: each with the right response, to the right
//! party.

use std::time::Duration;

use super::browser::{Ask, Browser, VERIFIER, address, html, parameter, redeem};
use super::process::{TOKEN, TokenServer};

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() {
    let server = TokenServer::demo();
    let good = Ask::default();
    for redirect_uri in [
        "",
        "https://evil.example/callback",
        "http://127.0.0.1:49152/callback/../evil",
        "http://127.0.0.1:49152/callback?next=evil",
        "http://127.0.0.1:49152/callback#evil",
        "http://127.0.0.1:49152@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://localhost:49152/callback",
        "https://127.0.0.1:49152/callback",
        "//127.0.0.1/callback",
        "javascript:alert(1)",
        "\"><script>alert(1)</script>",
    ] {
        let ask = Ask {
            redirect_uri,
            ..good
        };
        is_shown_as_a_page(&server, &ask.path()).await;
    }
    for client in ["", "nobody", "<script>alert(1)</script>"] {
        is_shown_as_a_page(&server, &Ask { client, ..good }.path()).await;
    }
    for (part, with) in [
        (
            "&redirect_uri=",
            "&redirect_uri=https://evil.example&redirect_uri=",
        ),
        ("client_id=", "client_id=TestClient&client_id="),
        ("?", "?state=%00&"),
    ] {
        is_shown_as_a_page(&server, &good.path().replacen(part, with, 1)).await;
    }
    // An address of another client.
    let ask = Ask {
        redirect_uri: "http://localhost:3000/callback",
        ..good
    };
    is_shown_as_a_page(&server, &ask.path()).await;
}

async fn is_shown_as_a_page(server: &TokenServer, path: &str) {
    let page = Browser::of(server).open(path).await;
    assert_eq!(page.status, 400, "{path}: {page:?}");
    assert!(!page.headers.contains_key("location"), "{path}");
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(page.headers.contains_key("content-security-policy"));
    let html = html(&page);
    assert!(
        !html.contains("<script") && !html.contains("evil"),
        "{html}"
    );
}

#[tokio::test]
async fn the_application_gets_an_error_for_its_invalid_request() {
    let server = TokenServer::demo();
    for (part, with, error) in [
        (
            "response_type=code",
            "response_type=token",
            "unsupported_response_type",
        ),
        ("response_type=code&", "", "invalid_request"),
        ("&code_challenge_method=S256", "", "invalid_request"),
        ("=S256", "=plain", "invalid_request"),
        ("&code_challenge=", "&other=", "invalid_request"),
        ("&code_challenge=", "&code_challenge=A", "invalid_request"),
        ("?", "?scope=admin&", "invalid_scope"),
        ("?", "?resource=https://api.example&", "invalid_target"),
    ] {
        let ask = Ask {
            more: "&state=%22%3E%3Cscript%3E%26%C3%A4",
            ..Ask::default()
        };
        let path = ask.path().replacen(part, with, 1);
        let response = Browser::of(&server).open(&path).await;
        assert_eq!(address(&response), ask.redirect_uri);
        assert_eq!(
            parameter(&response, "error").as_deref(),
            Some(error),
            "{path}"
        );
        let state = parameter(&response, "state");
        assert_eq!(
            state.as_deref(),
            Some("\"><script>&ä"),
            "it comes back as it went"
        );
        assert!(parameter(&response, "iss").is_some());
        assert_eq!(parameter(&response, "code"), None);
    }
    let state = format!("&state={}", "x".repeat(20_000));
    let ask = Ask {
        more: &state,
        ..Ask::default()
    };
    let response = Browser::of(&server).open(&ask.path()).await;
    assert_eq!(
        parameter(&response, "error").as_deref(),
        Some("invalid_request")
    );
}

#[tokio::test]
async fn a_code_is_good_only_with_all_that_it_was_asked_for_with() {
    let server = TokenServer::demo();
    let ask = Ask::default();
    let code = ask.code(&server).await;
    let good = ask.redemption(&code);
    let verifier = format!("&code_verifier={VERIFIER}");
    for (part, with, says) in [
        (verifier.as_str(), "", "400 invalid_request"),
        (&verifier, "&code_verifier=short", "400 invalid_grant"),
        (
            &verifier,
            // The challenge itself, as with `plain`.
            "&code_verifier=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "400 invalid_grant",
        ),
        (
            VERIFIER,
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
            "400 invalid_grant",
        ),
        ("&redirect_uri=", "&other=", "400 invalid_request"),
        ("49152", "49153", "400 invalid_grant"),
        ("&code=", "&other=", "400 invalid_request"),
        (
            "&code=",
            "&resource=https://api.example&code=",
            "400 invalid_target",
        ),
        ("client_id=demo-app&", "", "401 invalid_client"),
    ] {
        let response = server.post(TOKEN, &good.replacen(part, with, 1)).await;
        assert_eq!(response.summary(), says, "{with}");
    }
    let stolen = good.replacen("client_id=demo-app&", "", 1);
    let response = server.post_as_client(TOKEN, &stolen).await;
    assert_eq!(response.summary(), "400 invalid_grant", "another client");
    // None of them has used it up.
    assert_eq!(server.post(TOKEN, &good).await.summary(), "200");
}

#[tokio::test]
async fn a_code_expires() {
    let client = "[[clients]]\nid = \"demo-app\"\npublic = true\n\
                  grants = [\"authorization_code\"]\n\
                  redirect_uris = [\"http://127.0.0.1/callback\"]";
    let server = TokenServer::with(&format!("[tokens]\ncode_ttl = \"1ms\"\n{client}"));
    let ask = Ask::default();
    let code = ask.code(&server).await;
    // The program lives by the clock of the machine.
    tokio::time::sleep(Duration::from_millis(10)).await;
    let response = redeem(&server, &ask, &code).await;
    assert_eq!(response.summary(), "400 invalid_grant");
}
