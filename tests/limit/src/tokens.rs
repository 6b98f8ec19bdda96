//! One `v4.local` token opened, one sealed, one access token signed: by the fastest libraries that there are for it.

use aws_lc_rs::rand;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use pasetors::Local;
use pasetors::keys::{Generate as _, SymmetricKey};
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};

/// What a refresh token is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Family {
    pub(crate) id: [u8; 16],
    pub(crate) generation: u64,
}

/// The keys.
pub(crate) struct Tokens {
    sealing: SymmetricKey<V4>,
    signing: Ed25519KeyPair,
}

impl Tokens {
    pub(crate) fn generate() -> Self {
        Self {
            sealing: SymmetricKey::generate().expect("there is randomness"),
            signing: Ed25519KeyPair::generate().expect("there is randomness"),
        }
    }

    pub(crate) fn open(&self, token: &str) -> Option<Family> {
        let token = UntrustedToken::<Local, V4>::try_from(token).ok()?;
        let opened = LocalToken::decrypt(&self.sealing, &token, None, Some(ASSERTION)).ok()?;
        let payload = opened.payload().as_bytes();
        let mut id = [0; 16];
        BASE64_URL_SAFE_NO_PAD
            .decode_slice(payload.get(..22)?, &mut id)
            .ok()?;
        let generation = std::str::from_utf8(payload.get(22..42)?).ok()?;
        Some(Family {
            id,
            generation: generation.parse().ok()?,
        })
    }

    /// The whole answer: an access token that is signed for it, and a refresh token that is sealed for it.
    pub(crate) fn answer(&self, family: Family) -> Bytes {
        let mut answer = String::with_capacity(1_200);
        answer.push_str(r#"{"access_token":""#);
        self.sign(&mut answer);
        answer.push_str(r#"","token_type":"Bearer","expires_in":600,"scope":"openid read write","refresh_token":""#);
        answer.push_str(&self.seal(family));
        answer.push_str(r#""}"#);
        Bytes::from(answer)
    }

    fn seal(&self, family: Family) -> String {
        let mut payload = String::with_capacity(PAYLOAD_LENGTH);
        BASE64_URL_SAFE_NO_PAD.encode_string(family.id, &mut payload);
        payload.push_str(&format!("{:020}", family.generation));
        payload.push_str(&FILLER[..PAYLOAD_LENGTH - payload.len()]);
        LocalToken::encrypt(
            &self.sealing,
            payload.as_bytes(),
            Some(FOOTER),
            Some(ASSERTION),
        )
        .expect("sealing fails for nothing of that length")
    }

    fn sign(&self, answer: &mut String) {
        let from = answer.len();
        answer.push_str(HEADER);
        answer.push('.');
        let mut claims = [b'c'; CLAIMS_LENGTH];
        rand::fill(&mut claims[..16]).expect("there is randomness");
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, answer);
        let signature = self.signing.sign(&answer.as_bytes()[from..]);
        answer.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, answer);
    }
}

/// As long as what is inside a typical refresh token and a typical access token of the real server.
const PAYLOAD_LENGTH: usize = 150;
const CLAIMS_LENGTH: usize = 290;

const HEADER: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6IkFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUEiLCJ0eXAiOiJhdCtqd3QifQ";
const FOOTER: &[u8] = b"abcdefgh";
const ASSERTION: &[u8] = br#"["limit",1,"refresh","https://id.example"]"#;
const FILLER: &str = "................................................................................................................................................................";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened() {
        let tokens = Tokens::generate();
        let family = Family {
            id: [7; 16],
            generation: 42,
        };
        let opened = tokens.open(&tokens.seal(family)).expect("our own token");
        assert_eq!(
            (opened.id, opened.generation),
            (family.id, family.generation)
        );
    }
}
