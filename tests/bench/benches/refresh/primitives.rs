//! What nobody can do without: opening the presented token, sealing its successor, signing the
//! access token.

use std::hint::black_box;

use aws_lc_rs::signature::Ed25519KeyPair;
use pasetors::Local;
use pasetors::keys::{Generate as _, SymmetricKey};
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};

use crate::stopwatch::Subject;

/// As long as the payload of a typical refresh token.
const PAYLOAD: &[u8] = br#"{"s":"AAAAAAAAAAAAAAAAAAAAAA","g":7,"i":1800000000,"x":1807776000,"u":"9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21","a":{"c":"web","p":"openid read write"}}"#;
const FOOTER: &[u8] = b"abcdefgh";
const IMPLICIT: &[u8] = br#"["reissue",1,"refresh","https://id.example"]"#;

pub(crate) fn open() -> Subject {
    let key = key();
    let token = LocalToken::encrypt(&key, PAYLOAD, Some(FOOTER), Some(IMPLICIT)).expect("sealed");
    Box::new(move |count| {
        for _ in 0..count {
            let sealed = UntrustedToken::<Local, V4>::try_from(black_box(&token)).expect("parsed");
            black_box(LocalToken::decrypt(&key, &sealed, None, Some(IMPLICIT)).expect("opened"));
        }
    })
}

pub(crate) fn seal() -> Subject {
    let key = key();
    Box::new(move |count| {
        for _ in 0..count {
            let token = LocalToken::encrypt(&key, black_box(PAYLOAD), Some(FOOTER), Some(IMPLICIT));
            black_box(token.expect("sealed"));
        }
    })
}

pub(crate) fn sign() -> Subject {
    let key = Ed25519KeyPair::generate().expect("generated");
    // As long as header and claims of a typical access token in base64url.
    let message = vec![b'a'; 500];
    Box::new(move |count| {
        for _ in 0..count {
            black_box(key.sign(black_box(&message)));
        }
    })
}

fn key() -> SymmetricKey<V4> {
    SymmetricKey::generate().expect("generated")
}
