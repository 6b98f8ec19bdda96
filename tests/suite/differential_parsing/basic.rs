//! Ours beside the `Authorization<Basic>` of `headers` and the `Credentials` of `http-auth-basic`.
//! All three leave base64 to the crate of that name, which has vectors of its own.

use headers::authorization::{Authorization, Basic};
use headers::{Header as _, HeaderValue};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use reissue::Parameters;
use reissue::client::Credentials;

use super::{Listed, compare, corpus, has_broken_percent, has_control, is_documented};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    BrokenPercent,
    Control,
    EmptyId,
    FormEncoded,
    NotUtf8,
    SpaceAfter,
    SpaceBefore,
}

#[test]
fn every_difference_from_headers_is_listed() {
    compare(HEADERS, LISTED, &inputs(), |header| {
        let value = HeaderValue::from_bytes(header).map_err(|error| error.to_string())?;
        let read = Authorization::<Basic>::decode(&mut [&value].into_iter());
        let theirs = read
            .ok()
            .map(|Authorization(basic)| (basic.username().to_owned(), basic.password().to_owned()));
        differ(&value, theirs)
    });
}

#[test]
fn every_difference_from_http_auth_basic_is_listed() {
    compare(AUTH_BASIC, LISTED, &inputs(), |header| {
        let value = HeaderValue::from_bytes(header).map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(header).into_owned();
        let read = http_auth_basic::Credentials::from_header(text);
        differ(&value, read.ok().map(|read| (read.user_id, read.password)))
    });
}

#[test]
fn every_difference_is_documented() {
    is_documented(LISTED);
}

type Pair = (String, String);

fn differ(header: &HeaderValue, theirs: Option<Pair>) -> Result<Option<Kind>, String> {
    let ours = read(header.clone());
    let kind = match (ours, theirs) {
        (None, None) => return Ok(None),
        (Some(ours), Some(theirs)) if ours == theirs => return Ok(None),
        (Some(ours), Some(theirs)) if decoded(&theirs) == ours => Kind::FormEncoded,
        (Some(_), None) if header.as_bytes().trim_ascii_end() != header.as_bytes() => {
            Kind::SpaceAfter
        }
        (Some(_), None)
            if header.as_bytes()[b"Basic ".len()..].starts_with(b" ")
                || header.as_bytes()[b"Basic ".len()..].starts_with(b"\t") =>
        {
            Kind::SpaceBefore
        }
        (None, Some((id, secret))) => {
            let text = format!("{id}:{secret}");
            let (decoded_id, decoded_secret) = decoded(&(id, secret));
            if has_broken_percent(text.as_bytes()) {
                Kind::BrokenPercent
            } else if has_control(&decoded_id) || has_control(&decoded_secret) {
                Kind::Control
            } else if decoded_id.contains(char::REPLACEMENT_CHARACTER)
                || decoded_secret.contains(char::REPLACEMENT_CHARACTER)
            {
                Kind::NotUtf8
            } else if decoded_id.is_empty() {
                Kind::EmptyId
            } else {
                return Err(format!("we refuse, they read {text:?}"));
            }
        }
        (ours, theirs) => return Err(format!("we read {ours:?}, they read {theirs:?}")),
    };
    Ok(Some(kind))
}

fn read(header: HeaderValue) -> Option<Pair> {
    let headers = HeaderMap::from_iter([(AUTHORIZATION, header)]);
    let credentials = Credentials::read(&headers, &Parameters::default()).ok()?;
    let secret = credentials.secret?;
    Some((credentials.client_id, secret.expose().to_owned()))
}

/// As `form_urlencoded` decodes.
fn decoded((id, secret): &Pair) -> Pair {
    let decode = |text: &str| {
        let form = format!("={}", text.replace('&', "%26"));
        form_urlencoded::parse(form.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    (decode(id), decode(secret))
}

fn inputs() -> Vec<Vec<u8>> {
    let mut inputs = corpus::of_fuzz_target("basic");
    for pair in corpus::generated(PIECES, 6, 2_000) {
        inputs.push(reissue_tests::basic_of(pair).as_bytes().to_vec());
    }
    inputs.extend(
        corpus::generated(HEADER_PIECES, 6, 2_000)
            .into_iter()
            .map(|rest| [b"Basic ".as_slice(), &rest].concat()),
    );
    inputs
}

const PIECES: &[&[u8]] = &[
    b":",
    b":",
    b":",
    b"web",
    b"s3cret",
    b"+",
    b"%3A",
    b"%20",
    b"%2B",
    b"%25",
    b"%C3%A9",
    b"\xc3\xa9",
    b"%",
    b"%zz",
    b"%FF",
    b"\xff",
    b"%00",
    b"\n",
    b"\x7f",
    b" ",
    b"&",
    b"=",
    b"\"",
];

/// Around and inside base64: the credentials of `web` in pieces of four, and what does not belong
/// there.
const HEADER_PIECES: &[&[u8]] = &[
    b"d2Vi", b"d2Vi", b"OnM=", b"OnM=", b"OnNl", b"OnN=", b"OnM", b" ", b"\t", b"=", b"-_",
    b"+/8=", b",", b"\xff",
];

const HEADERS: &str = "headers";
const AUTH_BASIC: &str = "http-auth-basic";

pub(super) const LISTED: &[Listed<Kind>] = &[
    Listed {
        kind: Kind::BrokenPercent,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "`web:100%`",
        ours: "denied",
        theirs: "a literal `%`",
        reason: "RFC 6749 §2.3.1 encodes both; decoding a raw secret would be a guess",
    },
    Listed {
        kind: Kind::Control,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "`web:a%00`, a raw line feed",
        ours: "denied",
        theirs: "part of the secret",
        reason: "RFC 7617 §2: no control characters; RFC 6749 Appendix A.1 and A.2 neither",
    },
    Listed {
        kind: Kind::EmptyId,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "`:secret`",
        ours: "denied",
        theirs: "an empty name",
        reason: "no client has an empty id",
    },
    Listed {
        kind: Kind::FormEncoded,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "`a%3Ab:c+d`",
        ours: "`a:b` and `c d`",
        theirs: "`a%3Ab` and `c+d`",
        reason: "RFC 6749 §2.3.1: both are form-urlencoded before `Basic`; RFC 7617 does not do this",
    },
    Listed {
        kind: Kind::NotUtf8,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "`web:%FF`",
        ours: "denied",
        theirs: "the raw text, not decoded",
        reason: "RFC 6749 Appendix B: UTF-8",
    },
    Listed {
        kind: Kind::SpaceAfter,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "a space or tab after the base64",
        ours: "ignored",
        theirs: "denied",
        reason: "RFC 9110 §5.5: whitespace around a field value is not part of it; a server may not have removed it",
    },
    Listed {
        kind: Kind::SpaceBefore,
        parsers: &[HEADERS, AUTH_BASIC],
        example: "more than one space, or a tab, before the base64",
        ours: "like one space",
        theirs: "denied; several spaces by `http-auth-basic` only",
        reason: "RFC 9110 §11.4: one space or more; a tab is harmless, because no parser reads it as something else",
    },
];
