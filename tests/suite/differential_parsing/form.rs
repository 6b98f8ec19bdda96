//! Ours beside `form_urlencoded`, which is what the URL standard of WHATWG says, and
//! `serde-querystring`, which decodes by itself.

use reissue::{Denial, Parameters};
use serde_querystring::DuplicateQS;

use super::{Listed, compare, corpus, has_broken_percent, has_control, is_documented};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    BrokenPercent,
    ByteOrderMark,
    Control,
    EmptyPair,
    EmptyValue,
    HalfEncoded,
    NotUtf8,
    Repeated,
    TooMany,
}

#[test]
fn every_difference_from_form_urlencoded_is_listed() {
    compare(WHATWG, LISTED, &inputs(), |body| {
        let read = form_urlencoded::parse(body).map(|(name, value)| {
            (
                name.into_owned().into_bytes(),
                value.into_owned().into_bytes(),
            )
        });
        differ(body, read.collect())
    });
}

#[test]
fn every_difference_from_serde_querystring_is_listed() {
    compare(QUERYSTRING, LISTED, &inputs(), |body| {
        let read = DuplicateQS::parse(body);
        let mut pairs = Vec::new();
        for name in read.keys() {
            for value in read.values(name).unwrap_or_default() {
                pairs.push((name.to_vec(), value.unwrap_or_default().into_owned()));
            }
        }
        differ(body, pairs)
    });
}

#[test]
fn every_difference_is_documented() {
    is_documented(LISTED);
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn differ(body: &[u8], theirs: Pairs) -> Result<Option<Kind>, String> {
    let texts = || theirs.iter().flat_map(|(name, value)| [name, value]);
    let kind = match Parameters::parse(body) {
        Ok(ours) => return differ_in_pairs(body, &ours, theirs),
        Err(Denial::ParameterEncoding) if body.starts_with(BYTE_ORDER_MARK) => Kind::ByteOrderMark,
        Err(Denial::ParameterEncoding) if has_broken_percent(body) => Kind::BrokenPercent,
        Err(Denial::ParameterEncoding) if !texts().all(|text| is_text(text)) => Kind::NotUtf8,
        Err(Denial::ParameterEncoding)
            if texts().any(|text| std::str::from_utf8(text).is_ok_and(has_control)) =>
        {
            Kind::Control
        }
        Err(Denial::ParameterEncoding) if std::str::from_utf8(body).is_err() => Kind::HalfEncoded,
        Err(Denial::ParameterRepeated) if has_repeated_name(&theirs) => Kind::Repeated,
        Err(Denial::TooManyParameters) if theirs.len() > Parameters::MAX => Kind::TooMany,
        Err(denial) => return Err(format!("{denial:?}; they read {theirs:?}")),
    };
    Ok(Some(kind))
}

fn differ_in_pairs(
    body: &[u8],
    ours: &Parameters,
    mut theirs: Pairs,
) -> Result<Option<Kind>, String> {
    let mut ours: Pairs = ours
        .iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    ours.sort();
    theirs.sort();
    if ours == theirs {
        return Ok(None);
    }
    // `=` is an empty value of an empty name, for everybody.
    let spelled_out = body
        .split(|byte| *byte == b'&')
        .filter(|pair| *pair == b"=");
    let nameless = theirs.iter().filter(|pair| **pair == Default::default());
    if nameless.count() > spelled_out.count() {
        theirs.retain(|pair| *pair != Default::default());
        if ours == theirs {
            return Ok(Some(Kind::EmptyPair));
        }
    }
    theirs.retain(|(_, value)| !value.is_empty());
    if ours == theirs {
        return Ok(Some(Kind::EmptyValue));
    }
    Err(format!("we read {ours:?}, they read {theirs:?}"))
}

/// UTF-8 without the mark of what was not.
fn is_text(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| !text.contains(char::REPLACEMENT_CHARACTER))
}

fn has_repeated_name(pairs: &Pairs) -> bool {
    let mut names: Vec<&[u8]> = pairs.iter().map(|(name, _)| name.as_slice()).collect();
    names.sort_unstable();
    names.windows(2).any(|two| two[0] == two[1])
}

fn inputs() -> Vec<Vec<u8>> {
    let mut inputs = corpus::of_fuzz_target("form");
    inputs.extend(corpus::generated(PIECES, 4, 2_000));
    inputs.extend(corpus::generated(PIECES, 12, 2_000));
    inputs
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

const PIECES: &[&[u8]] = &[
    b"&",
    b"&",
    b"&",
    b"=",
    b"=",
    b"=",
    b"a",
    b"b",
    b"c",
    b"code=x",
    b"scope=read+write",
    b"+",
    b"%20",
    b"%41",
    b"%2B",
    b"%26",
    b"%3D",
    b"%25",
    b"%c3%a9",
    b"\xc3\xa9",
    b"%F0%9F%98%80",
    b"%",
    b"%4",
    b"%zz",
    b"%+1",
    b"%C3",
    b"%C3\xa9",
    b"\xc3",
    b"\xff",
    b"%ED%A0%80",
    b"%00",
    b"%0A",
    b"\n",
    b"\x7f",
    b"%C2%85",
    BYTE_ORDER_MARK,
    b"[",
    b"]",
    b";",
    b"#",
    b"?",
    b" ",
    b"\"",
];

const WHATWG: &str = "form_urlencoded";
const QUERYSTRING: &str = "serde-querystring";

pub(super) const LISTED: &[Listed<Kind>] = &[
    Listed {
        kind: Kind::BrokenPercent,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=%zz`, `a=%4`",
        ours: "denied",
        theirs: "a literal `%`",
        reason: "another hop may decode `%zz` differently; no encoder writes it",
    },
    Listed {
        kind: Kind::ByteOrderMark,
        parsers: &[WHATWG, QUERYSTRING],
        example: "a body that begins with U+FEFF as raw bytes",
        ours: "denied",
        theirs: "part of the first name",
        reason: "the first parameter would have another name than the client intended",
    },
    Listed {
        kind: Kind::Control,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=%00`, `a=%0A`, `a=%C2%85`",
        ours: "denied",
        theirs: "part of the value",
        reason: "no parameter of RFC 6749 Appendix A may contain one; they break logs and headers",
    },
    Listed {
        kind: Kind::EmptyPair,
        parsers: &[QUERYSTRING],
        example: "`a=1&&b=2`, `&`",
        ours: "ignored",
        theirs: "a parameter without name and value",
        reason: "follows the URL standard, and RFC 6749 §3.2 for empty values",
    },
    Listed {
        kind: Kind::EmptyValue,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=`, `a`",
        ours: "ignored",
        theirs: "a parameter with an empty value",
        reason: "RFC 6749 §3.2: \"sent without a value MUST be treated as if they were omitted\"",
    },
    Listed {
        kind: Kind::HalfEncoded,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=%C3` and then the raw byte `A9`",
        ours: "denied",
        theirs: "`é`",
        reason: "no encoder writes half of a character encoded",
    },
    Listed {
        kind: Kind::NotUtf8,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=%FF`, `a=%ED%A0%80`",
        ours: "denied",
        theirs: "U+FFFD, or bytes",
        reason: "RFC 6749 Appendix B: UTF-8; two different values must not become one",
    },
    Listed {
        kind: Kind::Repeated,
        parsers: &[WHATWG, QUERYSTRING],
        example: "`a=1&a=2`, `a=1&%61=`",
        ours: "denied",
        theirs: "both",
        reason: "RFC 6749 §3.2: \"MUST NOT be included more than once\"",
    },
    Listed {
        kind: Kind::TooMany,
        parsers: &[WHATWG, QUERYSTRING],
        example: "101 parameters",
        ours: "denied",
        theirs: "all of them",
        reason: "finding repeated names takes time that grows with the square of their number",
    },
];
