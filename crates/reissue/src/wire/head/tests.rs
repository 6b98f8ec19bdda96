use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use http::{HeaderValue, Method};

use super::check_head;
use crate::denial::Denial;

fn head(content_types: &[&'static str]) -> Result<(), Denial> {
    let mut headers = HeaderMap::new();
    for content_type in content_types {
        headers.append(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    check_head(&Method::POST, &headers)
}

#[test]
fn a_form_in_any_spelling_is_a_form() {
    for content_type in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-URLEncoded",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "application/x-www-form-urlencoded ; charset=\"utf-8\"",
        "application/x-www-form-urlencoded;",
    ] {
        assert_eq!(head(&[content_type]), Ok(()), "{content_type}");
    }
}

#[test]
fn anything_else_is_not_a_form() {
    for content_type in [
        "application/json",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=latin1",
        "application/x-www-form-urlencoded; charset",
        "application/x-www-form-urlencodedd",
        "text/plain",
        "",
    ] {
        assert_eq!(
            head(&[content_type]),
            Err(Denial::ContentType),
            "{content_type}"
        );
    }
    assert_eq!(head(&[]), Err(Denial::ContentType));
}

#[test]
fn two_content_types_are_one_too_many() {
    let form = "application/x-www-form-urlencoded";
    assert_eq!(head(&[form, form]), Err(Denial::ContentType));
}

#[test]
fn a_content_encoding_is_rejected_even_if_it_is_none() {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    );
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    assert_eq!(
        check_head(&Method::POST, &headers),
        Err(Denial::ContentEncoding)
    );
}

#[test]
fn only_post_is_a_token_request() {
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::OPTIONS] {
        assert_eq!(
            check_head(&method, &HeaderMap::new()),
            Err(Denial::MethodNotAllowed)
        );
    }
}
