//! What nobody can do without: checking the signature.

use std::hint::black_box;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::stopwatch::Subject;

pub(crate) fn verify() -> Subject {
    let pair = Ed25519KeyPair::generate().expect("generated");
    // As long as header and claims of a typical access token in base64url.
    let message = vec![b'a'; 500];
    let signature = pair.sign(&message);
    let key = UnparsedPublicKey::new(&ED25519, pair.public_key().as_ref().to_vec());
    let key = key.parse().expect("parsed");
    Box::new(move |count| {
        for _ in 0..count {
            let verified = key.verify_sig(black_box(&message), signature.as_ref());
            black_box(verified).expect("verified");
        }
    })
}
