//! The cryptography that a refresh cannot do without, on one core.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::Ed25519KeyPair;
use reissue::Timestamp;
use reissue::key::{KeyRing, SymmetricKey};
use reissue::token::{AccessTokenFormat as _, AccessTokenVerifier as _, PasetoLocal};

use crate::table::median;

/// Microseconds of one operation each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Primitives {
    pub(crate) open: f64,
    pub(crate) seal: f64,
    pub(crate) sign: f64,
}

impl Primitives {
    pub(crate) fn measure() -> Self {
        let key = SymmetricKey::generate().expect("there is randomness");
        let tokens = PasetoLocal::new(KeyRing::new(key), "");
        let payload = [b'p'; 150];
        let now = Timestamp::from_secs(1_800_000_000);
        let seal = || tokens.issue(&payload, now).expect("sealed");
        let token = seal();
        let pair = Ed25519KeyPair::generate().expect("there is randomness");
        let message = [b'a'; 500];
        Self {
            open: time(|| {
                black_box(tokens.verify(black_box(&token), now).expect("opened"));
            }),
            seal: time(|| drop(black_box(seal()))),
            sign: time(|| {
                black_box(pair.sign(black_box(&message)));
            }),
        }
    }
}

/// Microseconds of one call: the median of short rounds, of which a busy machine spoils some.
fn time(mut work: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let mut calls = 0_u32;
        while start.elapsed() < ROUND {
            for _ in 0..16 {
                work();
            }
            calls += 16;
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    });
    median(rounds.collect())
}

const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(5);
