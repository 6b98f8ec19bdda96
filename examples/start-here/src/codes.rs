//! Authorization codes that were issued and not yet redeemed.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reissue::client::SecretHash;
use reissue::{ClientSecret, Clock as _, SystemClock, Timestamp};

/// The codes of the last minute, in memory: a login that is interrupted by a restart must be
/// repeated. Several servers need a shared table, or codes that contain this data encrypted.
#[derive(Debug, Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Agreed>>);

/// A user who has logged in.
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    pub(crate) user: String,
    pub(crate) at: Timestamp,
    /// The SHA-256 of the client's code verifier (RFC 7636 §4.2).
    pub(crate) challenge: SecretHash,
}

impl Codes {
    /// Returns a new code.
    pub(crate) fn issue(&self, user: &str, challenge: SecretHash) -> String {
        let mut random = [0; 24];
        rand::fill(&mut random).expect("the operating system has randomness");
        let code = BASE64_URL_SAFE_NO_PAD.encode(random);
        let at = SystemClock.now();
        let user = user.to_owned();
        let mut codes = self.0.lock().expect("no panic while it is locked");
        codes.retain(|_, agreed| agreed.is_fresh(at));
        codes.insert(
            code.clone(),
            Agreed {
                user,
                at,
                challenge,
            },
        );
        code
    }

    /// Returns the user who has logged in, if the verifier matches. The code is not removed: the
    /// server makes sure that it is used once.
    pub(crate) fn look_up(&self, code: &str, verifier: &ClientSecret) -> Option<Agreed> {
        let codes = self.0.lock().expect("no panic while it is locked");
        let agreed = codes.get(code)?;
        let valid = agreed.is_fresh(SystemClock.now()) && agreed.challenge.verify(verifier);
        valid.then(|| agreed.clone())
    }
}

impl Agreed {
    fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.at + Duration::from_secs(60)
    }
}
