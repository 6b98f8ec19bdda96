//! The authorization code grant with PKCE, from the login page to a refresh.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reissue_tests::claims;

use super::browser::{Ask, Browser, VERIFIER, address, hidden, html, parameter, redeem};
use super::process::{TOKEN, TokenServer, program};

#[tokio::test]
async fn a_native_application_logs_in_and_refreshes() {
    let server = TokenServer::demo();
    let ask = Ask {
        more: "&state=af0ifjsldkj&scope=openid+read&nonce=n-0S6_WzA2Mj",
        ..Ask::default()
    };
    let mut browser = Browser::of(&server);
    let page = browser.open(&ask.path()).await;
    assert_eq!(page.status, 200);
    let response = browser.log_in(&page, "bshaffer", "brent123").await;
    assert_eq!(address(&response), ask.redirect_uri);
    assert_eq!(
        parameter(&response, "state").as_deref(),
        Some("af0ifjsldkj")
    );
    let issuer = format!("http://{}", server.address);
    assert_eq!(parameter(&response, "iss"), Some(issuer));
    assert_eq!(response.headers["cache-control"], "no-store");
    assert_eq!(response.headers["referrer-policy"], "no-referrer");

    let code = parameter(&response, "code").expect("a code");
    let login = redeem(&server, &ask, &code).await;
    assert_eq!(login.summary(), "200", "{login:?}");
    assert_eq!(login.text("scope"), "openid read");
    let token = claims(login.text("access_token"));
    assert_eq!(token["sub"], "bshaffer");
    assert_eq!(token["client_id"], "demo-app");
    assert!(token["auth_time"].is_u64(), "{token}");

    let form = format!(
        "grant_type=refresh_token&client_id=demo-app&refresh_token={}",
        login.refresh_token()
    );
    let refreshed = server.post(TOKEN, &form).await;
    assert_eq!(refreshed.summary(), "200", "{refreshed:?}");
    assert_eq!(refreshed.text("scope"), "openid read");
}

#[tokio::test]
async fn a_confidential_client_must_authenticate_to_redeem() {
    let server = TokenServer::demo();
    let ask = Ask {
        client: "TestClient",
        redirect_uri: "http://localhost:3000/callback",
        ..Ask::default()
    };
    let code = ask.code(&server).await;
    let form = ask.redemption(&code);
    assert_eq!(
        server.post(TOKEN, &form).await.summary(),
        "401 invalid_client"
    );
    let login = server.post_as_client(TOKEN, &form).await;
    assert_eq!(login.summary(), "200", "{login:?}");
    assert_eq!(login.text("scope"), "openid read write");
}

#[tokio::test]
async fn the_login_page_gives_nothing_away_and_cannot_be_framed() {
    let server = TokenServer::demo();
    let page = Browser::of(&server).open(&Ask::default().path()).await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let (_, style) = html(&page).split_once("<style>").expect("a style sheet");
    let (style, _) = style.split_once("</style>").expect("its end");
    let hash = BASE64_STANDARD.encode(digest(&SHA256, style.as_bytes()));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; \
             frame-ancestors 'none'; form-action 'self' http:"
        )
    );
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let html = html(&page);
    assert!(html.contains("<strong>demo-app</strong>"), "{html}");
    assert!(html.contains("<li>write</li>"), "{html}");
    assert!(html.contains("<label for=\"password\">"), "{html}");
    assert!(
        !html.contains("<script") && !html.contains("style="),
        "{html}"
    );
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again() {
    let server = TokenServer::demo();
    let mut browser = Browser::of(&server);
    let mut page = browser.open(&Ask::default().path()).await;
    for (username, password) in [
        ("bshaffer", "wrong"),
        ("nobody", "brent123"),
        ("bshaffer", ""),
        ("", ""),
        ("\"><script>alert(1)</script>", "'><img src=x>"),
    ] {
        page = browser.log_in(&page, username, password).await;
        assert_eq!(page.status, 403, "{page:?}");
        assert!(page.headers.contains_key("content-security-policy"));
        let html = html(&page);
        assert!(html.contains("role=\"alert\""), "{html}");
        assert!(
            !html.contains("<script") && !html.contains("<img"),
            "{html}"
        );
    }
    assert!(html(&page).contains("&quot;&gt;&lt;script&gt;"));
    let response = browser.log_in(&page, "alice", "wonderland").await;
    assert!(parameter(&response, "code").is_some());
}

#[tokio::test]
async fn a_form_is_good_only_in_the_browser_that_was_shown_it() {
    let server = TokenServer::demo();
    let path = Ask::default().path();
    let mut attacker = Browser::of(&server);
    let theirs = attacker.open(&path).await;
    let mut victim = Browser::of(&server);
    let refused = victim.log_in(&theirs, "bshaffer", "brent123").await;
    assert_eq!(refused.status, 400, "no cookie");
    let own = victim.open(&path).await;
    let refused = victim.log_in(&theirs, "bshaffer", "brent123").await;
    assert_eq!(refused.status, 400, "another cookie");

    // Two tabs of one browser.
    let second = victim.open(&path).await;
    for page in [&second, &own] {
        let response = victim.log_in(page, "bshaffer", "brent123").await;
        assert!(parameter(&response, "code").is_some());
    }
}

#[tokio::test]
async fn what_was_sealed_for_one_purpose_is_no_good_for_another() {
    let server = TokenServer::demo();
    let ask = Ask::default();
    let mut browser = Browser::of(&server);
    let page = browser.open(&ask.path()).await;
    let code = ask.code(&server).await;
    let login = redeem(&server, &ask, &ask.code(&server).await).await;

    for no_code in [hidden(&page), login.refresh_token(), "garbage", &code[1..]] {
        let response = redeem(&server, &ask, no_code).await;
        assert_eq!(response.summary(), "400 invalid_grant", "{no_code}");
    }
    for no_request in [&code, login.refresh_token(), "garbage", ""] {
        let form = format!("request={no_request}&username=bshaffer&password=brent123");
        assert_eq!(browser.post(&form).await.status, 400, "{no_request}");
    }
    let form = format!("grant_type=refresh_token&client_id=demo-app&refresh_token={code}");
    assert_eq!(
        server.post(TOKEN, &form).await.summary(),
        "400 invalid_grant"
    );
}

#[tokio::test]
async fn no_code_and_no_verifier_is_logged() {
    let mut demo = program();
    demo.args(["--listen", "127.0.0.1:0", "--store", "memory:"])
        .env("RUST_LOG", "trace");
    let server = TokenServer::start(&mut demo, None);
    let ask = Ask {
        more: "&state=planted-state",
        ..Ask::default()
    };
    let mut browser = Browser::of(&server);
    let page = browser.open(&ask.path()).await;
    browser.log_in(&page, "bshaffer", "planted-password").await;
    let code = ask.code(&server).await;
    let login = redeem(&server, &ask, &code).await;
    redeem(&server, &ask, &code).await;
    let cookie = browser.cookie.as_deref().expect("a cookie");
    let (_, cookie) = cookie.split_once('=').expect("a value");

    let logged = server.stop("TERM").stderr;
    assert!(logged.contains("redeemed before"), "{logged}");
    for secret in [
        code.as_str(),
        hidden(&page),
        VERIFIER,
        cookie,
        login.refresh_token(),
        "brent123",
        "planted",
    ] {
        assert!(!logged.contains(secret), "{secret} is in the log: {logged}");
    }
}
