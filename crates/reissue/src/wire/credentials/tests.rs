use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::{Credentials, read_basic};
use crate::client::AuthMethod;
use crate::denial::Denial;
use crate::wire::Parameters;

fn basic(pair: &str) -> Result<Credentials, Denial> {
    read_basic(format!("Basic {}", BASE64_STANDARD.encode(pair)).as_bytes())
}

fn read(headers: &[&str], form: &str) -> Result<Credentials, Denial> {
    let mut map = HeaderMap::new();
    for header in headers {
        map.append(AUTHORIZATION, HeaderValue::from_str(header).unwrap());
    }
    Credentials::read(&map, &Parameters::parse(form.as_bytes()).unwrap())
}

#[test]
fn id_and_secret_are_decoded_after_the_split() {
    let credentials = basic("a%3Ab:c%3Ad+e:f").unwrap();
    assert_eq!(credentials.client_id, "a:b");
    assert_eq!(credentials.secret.unwrap().expose(), "c:d e:f");
    assert_eq!(credentials.method, AuthMethod::ClientSecretBasic);
}

#[test]
fn the_scheme_is_read_in_any_letter_case() {
    for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
        assert!(read(&[&format!("{scheme} d2ViOnM=")], "").is_ok());
    }
}

#[test]
fn malformed_basic_credentials_are_rejected() {
    for header in [
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic d2Vi",
        "Basic d2ViOnM",
        "Basic OnM=",
        "Basic JTp4",
        "Basic d2ViOiUwMA==",
    ] {
        assert_eq!(
            read(&[header], "").unwrap_err(),
            Denial::CredentialsMalformed,
            "{header}"
        );
    }
}

#[test]
fn other_schemes_are_rejected() {
    for header in ["Bearer x", "Digest x", "Basically d2ViOnM=", ""] {
        assert_eq!(read(&[header], "").unwrap_err(), Denial::SchemeUnknown);
    }
}

#[test]
fn two_methods_at_once_are_rejected() {
    let header = "Basic d2ViOnM=";
    for (headers, form) in [
        (&[header, header][..], ""),
        (&[header], "client_secret=s"),
        (&[header], "client_id=web&client_secret=s"),
        (&[header], "client_assertion=s"),
    ] {
        assert_eq!(
            read(headers, form).unwrap_err(),
            Denial::CredentialsTwice,
            "{form}"
        );
    }
    assert_eq!(
        read(&[header], "client_id=other").unwrap_err(),
        Denial::CredentialsDiffer
    );
    assert!(read(&[header], "client_id=web").is_ok());
}

#[test]
fn the_body_is_read_without_a_header() {
    let post = read(&[], "client_id=web&client_secret=s").unwrap();
    assert_eq!(post.method, AuthMethod::ClientSecretPost);
    let public = read(&[], "client_id=app&client_secret=").unwrap();
    assert_eq!(public.method, AuthMethod::None);
    assert!(public.secret.is_none());
    for form in ["", "client_secret=s"] {
        assert_eq!(read(&[], form).unwrap_err(), Denial::CredentialsMissing);
    }
}

proptest! {
    #[test]
    fn any_header_gets_a_result(header in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = read_basic(&header);
    }

    #[test]
    fn any_pair_is_read_back(id in "[^\\p{Cc}]{1,10}", secret in "[^\\p{Cc}]{0,20}") {
        let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let credentials = basic(&format!("{}:{}", encode(&id), encode(&secret))).unwrap();
        prop_assert_eq!(credentials.client_id, id);
        let read_back = credentials.secret.unwrap();
        prop_assert_eq!(read_back.expose(), secret);
    }
}
