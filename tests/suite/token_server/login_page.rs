//! The login page in a real browser.
//!
//! `REISSUE_LOGIN_PICTURES=1` refreshes the pictures in `docs/images`.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::browser::{Ask, Browser, html};
use super::process::{TokenServer, write_config};
use crate::real_clients::{installed, node_script, run_script};

#[tokio::test]
async fn people_log_in_with_chromium_by_keyboard_without_javascript_and_in_every_look() {
    let Some(node) = installed::node() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("logo.svg"), LOGO).unwrap();
    let server = TokenServer::with_file(&write_config(folder.path(), CONFIG));
    let address = |ask: &Ask<'_>| format!("http://{}{}", server.address, ask.path());
    let request = address(&Ask {
        client: "my-app",
        more: "&scope=openid+read",
        ..Ask::default()
    });
    let refused = address(&Ask {
        client: "unknown",
        ..Ask::default()
    });
    let mut script: Command = node_script(&node, "use_login_page.js");
    script.args([request, refused]);
    if env::var_os("REISSUE_LOGIN_PICTURES").is_some() {
        let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
        fs::create_dir_all(&images).unwrap();
        script.arg(images);
    }
    assert_eq!(run_script(script).await, report());
}

#[tokio::test]
async fn the_brand_is_on_every_page_and_names_are_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("logo.svg"), LOGO).unwrap();
    let config = CONFIG
        .replace("\"Example\"", "\"<b>R & D</b>\"")
        .replace("\"My App\"", "\"<i>My App</i>\"");
    let server = TokenServer::with_file(&write_config(folder.path(), &config));
    let logo = format!(
        "<img src=\"data:image/svg+xml;base64,{}\" alt=\"\">",
        BASE64_STANDARD.encode(LOGO)
    );
    for (client, is_known) in [("my-app", true), ("unknown", false)] {
        let ask = Ask {
            client,
            ..Ask::default()
        };
        let page = Browser::of(&server).open(&ask.path()).await;
        let html = html(&page);
        assert!(html.contains(&logo), "{html}");
        assert!(
            html.contains("<span>&lt;b&gt;R &amp; D&lt;/b&gt;</span>"),
            "{html}"
        );
        assert!(
            html.contains(" – &lt;b&gt;R &amp; D&lt;/b&gt;</title>"),
            "{html}"
        );
        assert!(
            html.contains("#0f766e") && html.contains("#5eead4"),
            "{html}"
        );
        assert_eq!(
            html.contains("<strong>&lt;i&gt;My App&lt;/i&gt;</strong>"),
            is_known
        );
        assert!(!html.contains("_ACCENT"), "{html}");
    }
}

#[tokio::test]
async fn without_a_brand_a_page_has_the_id_of_the_client_and_no_header() {
    let server = TokenServer::demo();
    let page = Browser::of(&server).open(&Ask::default().path()).await;
    let html = html(&page);
    assert!(html.contains("<title>Log in</title>"), "{html}");
    assert!(
        html.contains("to continue to <strong>demo-app</strong>"),
        "{html}"
    );
    assert!(
        !html.contains("<header>") && !html.contains("<img"),
        "{html}"
    );
}

fn report() -> Vec<Value> {
    let wrong = "The username or the password is wrong.";
    let refused = "The application that sent you is not registered for logins here.";
    let mut steps = vec![
        json!({
            "step": "open",
            "title": "Log in – Example",
            "language": "en",
            "order": ["username", "password", "submit"],
            "fields": [["text", "username"], ["password", "current-password"]],
        }),
        json!({
            "step": "wrong password",
            "title": "Error: Log in – Example",
            "alert": wrong,
            "focus": "password",
            "invalid": "true",
            "username": "bshaffer",
        }),
        json!({ "step": "log in", "code": true }),
        json!({ "step": "log in without JavaScript", "code": true }),
    ];
    for scheme in ["light", "dark"] {
        for name in ["desktop", "phone", "narrow"] {
            steps.push(json!({ "step": "look", "name": name, "colorScheme": scheme }));
        }
    }
    for _ in ["light", "dark"] {
        let title = "You cannot log in here – Example";
        steps.push(json!({ "step": "be refused", "title": title, "alert": refused }));
    }
    steps
}

const CONFIG: &str = r##"
[login_page]
name = "Example"
logo = "logo.svg"
accent = "#0f766e"
accent_dark = "#5eead4"

[[clients]]
id = "my-app"
name = "My App"
public = true
grants = ["authorization_code", "refresh_token"]
redirect_uris = ["http://127.0.0.1/callback"]
scope = "openid read write"

[[users]]
name = "bshaffer"
password = "brent123"
"##;

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
<rect width="40" height="40" rx="12" fill="#0f766e"/>
<path d="M12.5 24a8.5 8.5 0 0 1 15-8" fill="none" stroke="#fff" stroke-width="3.6" stroke-linecap="round"/>
<path d="M27.5 16a8.5 8.5 0 0 1-15 8" fill="none" stroke="#5eead4" stroke-width="3.6" stroke-linecap="round"/>
<circle cx="20" cy="20" r="2.6" fill="#fff"/>
</svg>
"##;
