//! One token of each kind: what a refresh token is made of, and the signature of an access token.

use reissue::key::{Algorithm, KeyRing, SigningKey, SymmetricKey};
use reissue::token::{AccessTokenFormat as _, AccessTokenVerifier as _, Jwt, PasetoLocal};
use reissue::{Clock as _, SystemClock, Timestamp};

use super::Step;

/// As long as the payload of a typical refresh token.
const REFRESH: &[u8] = br#"{"s":"AAAAAAAAAAAAAAAAAAAAAA","g":7,"i":1800000000000,"x":1807776000000,"u":"9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21","a":{"c":"web","p":"openid read write"}}"#;

/// As long as the claims of a typical access token.
const ACCESS: &[u8] = br#"{"iss":"https://id.example","sub":"9b2d1c9e-1f0a-4a55-9f7e-7d6c5b4a3f21","aud":"https://id.example","client_id":"web","iat":1800000000,"exp":1800000600,"jti":"AAAAAAAAAAAAAAAAAAAAAA","scope":"openid read write","sid":"AAAAAAAAAAAAAAAAAAAAAA"}"#;

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

/// Opens a `v4.local` token.
pub(crate) struct Open {
    tokens: PasetoLocal,
    sealed: String,
}

impl Default for Open {
    fn default() -> Self {
        let tokens = local();
        let sealed = tokens.issue(REFRESH, NOW).expect("it is sealed");
        Self { tokens, sealed }
    }
}

impl Step for Open {
    type Input = ();
    type Output = Vec<u8>;

    fn input(&self) {}

    fn run(&self, (): ()) -> Vec<u8> {
        let opened = self.tokens.verify(&self.sealed, SystemClock.now());
        opened.expect("it opens")
    }
}

/// Seals a `v4.local` token.
pub(crate) struct Seal(PasetoLocal);

impl Default for Seal {
    fn default() -> Self {
        Self(local())
    }
}

impl Step for Seal {
    type Input = ();
    type Output = String;

    fn input(&self) {}

    fn run(&self, (): ()) -> String {
        self.0.issue(REFRESH, NOW).expect("it is sealed")
    }
}

/// Makes a JWT with Ed25519.
pub(crate) struct Sign(Jwt);

impl Default for Sign {
    fn default() -> Self {
        Self(jwt())
    }
}

impl Step for Sign {
    type Input = ();
    type Output = String;

    fn input(&self) {}

    fn run(&self, (): ()) -> String {
        self.0.issue(ACCESS, NOW).expect("it is signed")
    }
}

/// Checks such a JWT.
pub(crate) struct Verify {
    tokens: Jwt,
    signed: String,
}

impl Default for Verify {
    fn default() -> Self {
        let tokens = jwt();
        let signed = tokens.issue(ACCESS, NOW).expect("it is signed");
        Self { tokens, signed }
    }
}

impl Step for Verify {
    type Input = ();
    type Output = Vec<u8>;

    fn input(&self) {}

    fn run(&self, (): ()) -> Vec<u8> {
        let opened = self.tokens.verify(&self.signed, SystemClock.now());
        opened.expect("it opens")
    }
}

fn local() -> PasetoLocal {
    let key = SymmetricKey::generate().expect("generated");
    PasetoLocal::new(KeyRing::new(key), "refresh token of https://id.example")
}

fn jwt() -> Jwt {
    let key = SigningKey::generate(Algorithm::EdDsa).expect("generated");
    Jwt::new(KeyRing::new(key))
}
