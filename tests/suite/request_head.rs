//! What is denied before or while a body is read: methods, content types, sizes.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use http::{Method, Request};
use http_body::{Body, Frame};
use reissue::{Denial, RefreshEndpoint};
use reissue_tests::{
    Endpoint, assert_error, assert_ok, assert_refreshes, basic, form, form_of_web,
};
use tower::ServiceExt as _;

const LIMIT: usize = 64 * 1024;

fn refresh_form(token: &str) -> String {
    format!("grant_type=refresh_token&refresh_token={token}")
}

/// A refresh form of exactly so many bytes.
fn padded(token: &str, length: usize) -> String {
    let mut body = refresh_form(token) + "&pad=";
    let missing = length - body.len();
    body.push_str(&"x".repeat(missing));
    body
}

#[tokio::test]
async fn every_method_but_post_is_405() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    for method in [
        Method::GET,
        Method::HEAD,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::from_bytes(b"post").unwrap(),
    ] {
        let mut request = form_of_web(refresh_form(login.refresh_token()));
        *request.method_mut() = method;
        let response = endpoint.call(request).await;
        assert_error(&response, 405, "invalid_request");
        assert_eq!(response.headers["allow"], "POST");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_405_looks_like_this() {
    let endpoint = Endpoint::new();
    let mut request = form("");
    *request.method_mut() = Method::GET;
    let response = endpoint.call(request).await;
    insta::assert_snapshot!(response.wire(), @r#"
    405 Method Not Allowed
    allow: POST
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_request","error_description":"The request method must be POST."}
    "#);
}

#[tokio::test]
async fn any_other_content_type_is_malformed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let forms: [&[&str]; 10] = [
        &[],
        &[""],
        &["text/plain"],
        &["application/json"],
        &["multipart/form-data; boundary=x"],
        &["application/x-www-form-urlencodedx"],
        &["application/x-www-form-urlencoded; charset=iso-8859-1"],
        &["application/x-www-form-urlencoded; charset=\"utf-16\""],
        &["application/x-www-form-urlencoded, application/json"],
        &[
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded",
        ],
    ];
    for types in forms {
        let mut request = form_of_web(refresh_form(login.refresh_token()));
        request.headers_mut().remove(CONTENT_TYPE);
        for content_type in types {
            let value = HeaderValue::from_static(content_type);
            request.headers_mut().append(CONTENT_TYPE, value);
        }
        let response = endpoint.call(request).await;
        assert_error(&response, 400, "invalid_request");
        assert_eq!(response.denial, Some(Denial::ContentType), "{types:?}");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_json_or_multipart_body_is_malformed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    let token = login.refresh_token();
    let json = format!(r#"{{"grant_type":"refresh_token","refresh_token":"{token}"}}"#);
    let multipart = format!(
        "--x\r\nContent-Disposition: form-data; name=\"refresh_token\"\r\n\r\n{token}\r\n--x--\r\n"
    );
    for (content_type, body) in [
        ("application/json", &json),
        ("multipart/form-data; boundary=x", &multipart),
        ("application/x-www-form-urlencoded", &json),
        ("application/x-www-form-urlencoded", &multipart),
    ] {
        let mut request = form_of_web(body.clone());
        let value = HeaderValue::from_static(content_type);
        request.headers_mut().insert(CONTENT_TYPE, value);
        let response = endpoint.call(request).await;
        assert_error(&response, 400, "invalid_request");
    }
    assert_refreshes(&endpoint, token).await;
}

#[tokio::test]
async fn the_content_type_of_a_form_has_many_spellings() {
    let endpoint = Endpoint::new();
    for content_type in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-UrlEncoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded; charset=\"utf-8\"",
        "application/x-www-form-urlencoded;",
    ] {
        let login = endpoint.login().await;
        let mut request = form_of_web(refresh_form(login.refresh_token()));
        let value = HeaderValue::from_static(content_type);
        request.headers_mut().insert(CONTENT_TYPE, value);
        assert_ok(&endpoint.call(request).await);
    }
}

#[tokio::test]
async fn any_content_encoding_is_malformed() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    for encoding in ["gzip", "br", "identity", ""] {
        let mut request = form_of_web(refresh_form(login.refresh_token()));
        let value = HeaderValue::from_static(encoding);
        request.headers_mut().insert(CONTENT_ENCODING, value);
        let response = endpoint.call(request).await;
        assert_error(&response, 400, "invalid_request");
    }
    assert_eq!(endpoint.store.take_calls(), []);
    assert_refreshes(&endpoint, login.refresh_token()).await;
}

#[tokio::test]
async fn a_body_over_the_limit_by_its_length_is_413() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let response = endpoint
        .call(form_of_web(padded(login.refresh_token(), LIMIT + 1)))
        .await;
    assert_error(&response, 413, "invalid_request");
    assert_eq!(endpoint.store.take_calls(), []);
    insta::assert_snapshot!(response.wire(), @r#"
    413 Payload Too Large
    cache-control: no-store
    content-type: application/json
    pragma: no-cache

    {"error":"invalid_request","error_description":"The request body is too large."}
    "#);
    assert_ok(
        &endpoint
            .call(form_of_web(padded(login.refresh_token(), LIMIT)))
            .await,
    );
}

#[tokio::test]
async fn a_body_that_turns_out_to_be_over_the_limit_is_413_and_not_read_on() {
    let endpoint = Endpoint::new();
    let login = endpoint.login().await;
    endpoint.forget();
    let body = padded(login.refresh_token(), 3 * LIMIT);
    let (response, unread) = stream(&endpoint, &body).await;
    assert_eq!(response, 413);
    assert!(unread.is_some_and(|unread| unread > LIMIT), "{unread:?}");
    assert_eq!(endpoint.store.take_calls(), []);

    let (response, _) = stream(&endpoint, &padded(login.refresh_token(), LIMIT)).await;
    assert_eq!(response, 200);
}

/// Sends a body in small pieces whose sum is not announced; gives the status, and how much was left
/// when the body was dropped.
async fn stream(endpoint: &Endpoint, body: &str) -> (u16, Option<usize>) {
    let (dropped, unread) = std::sync::mpsc::channel();
    let pieces = body.as_bytes().chunks(1_000).map(Bytes::copy_from_slice);
    let request = Request::post("/token")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic("web"))
        .body(Pieces {
            left: pieces.collect(),
            dropped,
        })
        .expect("the request is well-formed");
    let Ok(response) = RefreshEndpoint::new(endpoint.server.clone())
        .oneshot(request)
        .await;
    (response.status().as_u16(), unread.try_recv().ok())
}

struct Pieces {
    left: VecDeque<Bytes>,
    dropped: std::sync::mpsc::Sender<usize>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.left.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        let left = self.left.iter().map(Bytes::len).sum();
        // Nobody listens any more when the test has failed already.
        let _ = self.dropped.send(left);
    }
}
