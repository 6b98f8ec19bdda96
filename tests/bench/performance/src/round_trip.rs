//! One refresh at a time: what Redis adds to how long it takes.

use std::error::Error;

use crate::bounds::Bounds;
use crate::lab::Lab;
use crate::page::Page;
use crate::server::redis_pid;
use crate::table::{median, micros, ratio, table};

/// Microseconds of the median refresh.
pub(crate) struct RoundTrip {
    memory: f64,
    redis: f64,
    raw: f64,
    /// `EVALSHA` and other commands that Redis carried out, per refresh.
    pub(crate) scripts_per_refresh: f64,
}

pub(crate) fn measure(lab: &mut Lab, bounds: &Bounds) -> Result<RoundTrip, Box<dyn Error>> {
    let redis = lab.redis()?;
    let pid = redis_pid(&redis)?;
    let on_memory = lab.token_server("memory:")?;
    let on_redis = lab.token_server(&redis.url())?;
    let mut sessions = [lab.sessions("one-memory", 1), lab.sessions("one-redis", 1)];
    let (mut memory, mut on) = (Vec::new(), Vec::new());
    let mut scripts = Vec::new();
    for _ in 0..lab.lengths.rounds.min(3) {
        let report = lab.slice(lab.lengths.slice, &[&on_memory], &mut sessions[0], &[], &[])?;
        memory.push(report.latency.p50);
        let before = redis.command_stats("evalsha");
        let refreshes = lab.refreshes;
        // Without warm-up, so that every script belongs to a refresh that is counted.
        let report = lab.run(
            &[&on_redis],
            &mut sessions[1],
            &[pid],
            &["--refreshes", "2000"],
        )?;
        on.push(report.latency.p50);
        let refreshes = (lab.refreshes - refreshes) as f64;
        scripts.push((redis.command_stats("evalsha") - before) as f64 / refreshes);
    }
    Ok(RoundTrip {
        memory: median(memory),
        redis: median(on),
        raw: bounds.one.round_trip,
        scripts_per_refresh: median(scripts),
    })
}

impl RoundTrip {
    /// How many raw round trips Redis adds.
    fn added(&self) -> f64 {
        (self.redis - self.memory) / self.raw
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("One refresh at a time");
        page.text("Median latency of one session in a closed loop, without concurrent requests.");
        let rows = [
            vec![
                "refresh on the memory store".to_owned(),
                micros(self.memory),
            ],
            vec!["refresh on Redis".to_owned(), micros(self.redis)],
            vec![
                "added by Redis".to_owned(),
                micros(self.redis - self.memory),
            ],
            vec!["raw `EVALSHA`, a round trip".to_owned(), micros(self.raw)],
            vec!["added round trips".to_owned(), ratio(self.added())],
            vec![
                "`EVALSHA`s per refresh".to_owned(),
                format!("{:.3}", self.scripts_per_refresh),
            ],
        ];
        page.text(&table(&["", "one at a time"], &rows));
        Ok(())
    }
}
