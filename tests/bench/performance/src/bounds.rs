//! What a refresh cannot be faster than, apart from HTTP: cryptography, and a round trip to Redis.

use std::error::Error;

use crate::cores::pinned;
use crate::lab::Lab;
use crate::page::Page;
use crate::primitives::Primitives;
use crate::raw::{self, Raw};
use crate::server::redis_pid;
use crate::table::{count, micros, table};

pub(crate) struct Bounds {
    pub(crate) primitives: Primitives,
    /// 64 at once.
    pub(crate) many: Raw,
    /// One at a time.
    pub(crate) one: Raw,
}

impl Bounds {
    pub(crate) fn measure(lab: &mut Lab) -> Result<Self, Box<dyn Error>> {
        let redis = lab.redis()?;
        let (url, pid) = (redis.url(), redis_pid(&redis)?);
        let length = lab.lengths.slice;
        let raw = |at_once| {
            pinned(lab.cores.server, || {
                raw::measure(&url, pid, at_once, length)
            })
        };
        Ok(Self {
            primitives: pinned(lab.cores.server, Primitives::measure)?,
            many: raw(64)??,
            one: raw(1)??,
        })
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        let Primitives { open, seal, sign } = self.primitives;
        let rows = [
            vec![
                "decrypt one `v4.local` token".to_owned(),
                micros(open),
                String::new(),
            ],
            vec![
                "encrypt one `v4.local` token".to_owned(),
                micros(seal),
                String::new(),
            ],
            vec![
                "one Ed25519 signature by aws-lc".to_owned(),
                micros(sign),
                String::new(),
            ],
            vec![
                "raw `EVALSHA` of the refresh's script, 64 at once".to_owned(),
                micros(self.many.client_cpu),
                micros(self.many.redis_cpu),
            ],
        ];
        page.section("Physical limits");
        page.text(
            "The unavoidable cost, measured in the same run. The raw `EVALSHA` is the script that the store sends for a \
             refresh, through the same driver, from one thread, with nothing around it.",
        );
        page.text(&table(&["one of", "CPU here", "CPU in Redis"], &rows));
        page.text(&format!(
            "Raw `EVALSHA`: {} per second with 64 at once; one at a time, a round trip takes {}.",
            count(self.many.per_second),
            micros(self.one.round_trip),
        ));
        Ok(())
    }
}
