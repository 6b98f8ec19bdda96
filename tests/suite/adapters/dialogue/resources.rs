//! What access tokens are for: a resource behind the bearer layer, and the sessions of their
//! subject.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderValue};
use http::{Method, Request};
use http_body_util::Full;
use reissue_tests::{TestResponse, claims};

use super::{LOGIN, Talk, app, web, with, with_method, with_path};

pub(super) async fn guarded(talk: &mut Talk<'_>) {
    let login = talk.says("200", "a login to be somebody", app(LOGIN)).await;
    let token = login.text("access_token");
    let get = || with_path(with_method(Request::default(), Method::GET), "/whoami");
    let presenting = |value: &str| with(get(), AUTHORIZATION, value);

    let good = presenting(&format!("Bearer {token}"));
    let response = talk.says("200", "a good token", good).await;
    assert_eq!(response.body, "alice");
    let lower = presenting(&format!("bearer {token}"));
    talk.says("200", "a scheme in lower case", lower).await;

    talk.says("401", "no token", get()).await;
    let forged = format!("Bearer {}AAAA", &token[..token.len() - 4]);
    for (name, value) in [
        ("another authentication", "Basic d2ViOng="),
        ("garbage", "Bearer garbage"),
        ("a forgery", &forged),
        (
            "a refresh token",
            &format!("Bearer {}", login.refresh_token()),
        ),
    ] {
        talk.says("401", name, presenting(value)).await;
    }
    talk.says("400", "nothing behind the scheme", presenting("Bearer "))
        .await;
    let mut twice = presenting(&format!("Bearer {token}"));
    let second = HeaderValue::from_static("Bearer second");
    twice.headers_mut().append(AUTHORIZATION, second);
    talk.says("400", "two tokens", twice).await;

    let down = presenting(&format!("Bearer {token}"));
    talk.finds_the_store_down("the store is down", down).await;
}

pub(super) async fn sessions(talk: &mut Talk<'_>) {
    let mut sids = Vec::new();
    let mut logins = Vec::new();
    for name in ["here", "there", "elsewhere"] {
        let login = LOGIN.replace("alice", "carol");
        let login = talk.says("200", name, app(&login)).await;
        sids.push(sid(&login));
        logins.push(login);
        // So that they can be told apart.
        talk.pass(Duration::from_secs(1));
    }
    let ask = |method: Method, path: &str| asked(&logins[0], method, path);

    let list = talk
        .says("200", "the sessions", ask(Method::GET, "/sessions"))
        .await;
    assert_eq!(list.json["sessions"].as_array().unwrap().len(), 3);
    talk.says("200", "their head", ask(Method::HEAD, "/sessions"))
        .await;
    for (status, method, path) in [
        ("405", Method::POST, "/sessions"),
        ("405", Method::GET, "/sessions/others"),
        ("404", Method::DELETE, "/sessions/misspelt"),
        ("404", Method::DELETE, "/sessions/others/more"),
        ("404", Method::GET, "/sessions/misspelt"),
    ] {
        talk.says(status, path, ask(method, path)).await;
    }
    let nobody = with_path(with_method(Request::default(), Method::DELETE), "/sessions");
    talk.says("401", "nobody ends sessions", nobody).await;

    let scopeless = talk.says("200", "no scope", web(LOGIN)).await;
    let short = LOGIN.to_owned() + "&client_id=short";
    let short = talk
        .says("200", "no session", reissue_tests::form(short))
        .await;
    for (name, login) in [("no scope", &scopeless), ("no session", &short)] {
        for method in [Method::GET, Method::DELETE] {
            let refused = asked(login, method, "/sessions");
            talk.says("403", name, refused).await;
        }
    }

    let one = format!("/sessions/{}", sids[1]);
    talk.says("204", "one ends", ask(Method::DELETE, &one))
        .await;
    talk.says("404", "it has ended", ask(Method::DELETE, &one))
        .await;
    let gone = asked(&logins[1], Method::GET, "/sessions");
    talk.says("401", "its token is refused", gone).await;
    talk.says(
        "204",
        "the others end",
        ask(Method::DELETE, "/sessions/others"),
    )
    .await;
    let left = talk
        .says("200", "this one is left", ask(Method::GET, "/sessions"))
        .await;
    let left = left.json["sessions"].as_array().unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["sid"], *sids[0]);

    let down = ask(Method::DELETE, "/sessions");
    talk.finds_the_store_down("the store is down", down).await;
    talk.says("204", "all end", ask(Method::DELETE, "/sessions"))
        .await;
    talk.says("401", "none is left", ask(Method::GET, "/sessions"))
        .await;
}

fn asked(login: &TestResponse, method: Method, path: &str) -> Request<Full<Bytes>> {
    let token = format!("Bearer {}", login.text("access_token"));
    let request = with_method(Request::default(), method);
    with(with_path(request, path), AUTHORIZATION, &token)
}

fn sid(login: &TestResponse) -> String {
    let claims = claims(login.text("access_token"));
    claims["sid"].as_str().unwrap().to_owned()
}
