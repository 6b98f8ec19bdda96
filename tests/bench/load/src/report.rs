//! What a run has shown: as JSON, and as a table.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::tally::Counts;

/// What a run has shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// How many sessions there were at the beginning.
    pub sessions: usize,
    /// Refreshes that were due per second; none for a closed loop.
    pub due_per_second: Option<f64>,
    /// How long was measured.
    pub seconds: f64,
    /// Refreshes in that time that were answered as they should be.
    pub refreshes: u64,
    /// The same per second.
    pub refreshes_per_second: f64,
    /// From when a refresh was due to when it was answered as it should be, retries included.
    pub latency: Latency,
    /// Everything else that was answered or happened, from the start of the run, by status and
    /// `error`.
    pub errors: BTreeMap<String, u64>,
    /// Requests that were sent again.
    pub retries: u64,
    /// Connections that were made again.
    pub reconnects: u64,
    /// Honest clients that were logged out.
    pub lost: u64,
    /// Sessions that ended because the server found the request wrong.
    pub refused: u64,
    /// Refreshes that were due and not answered when the time was up.
    pub unsent: u64,
    /// CPU time of the measured time, per refresh.
    pub cpu: CpuTimes,
}

/// Percentiles, in microseconds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "they are what they are called")]
pub struct Latency {
    pub min: f64,
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub p99_9: f64,
    pub max: f64,
}

/// CPU time per refresh, in microseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CpuTimes {
    /// Of the load generator, where the system tells.
    pub load: Option<f64>,
    /// Of each process that was watched.
    pub watched: Vec<f64>,
}

impl Report {
    pub(crate) fn new(
        sessions: usize,
        due_per_second: Option<f64>,
        measured: Duration,
        counts: &Counts,
        load: Option<Duration>,
        watched: &[Duration],
    ) -> Self {
        let refreshes = counts.latencies.len();
        // A run may be over before there is anything to measure.
        let measured = measured.max(Duration::from_nanos(1));
        let per_refresh = |time: Duration| time.as_secs_f64() * 1e6 / refreshes.max(1) as f64;
        Self {
            sessions,
            due_per_second,
            seconds: measured.as_secs_f64(),
            refreshes,
            refreshes_per_second: refreshes as f64 / measured.as_secs_f64(),
            latency: Latency::of(&counts.latencies),
            errors: counts.errors.clone(),
            retries: counts.retries,
            reconnects: counts.reconnects,
            lost: counts.lost,
            refused: counts.refused,
            unsent: counts.unsent,
            cpu: CpuTimes {
                load: load.map(per_refresh),
                watched: watched.iter().copied().map(per_refresh).collect(),
            },
        }
    }

    /// Whether every client got what an honest client must get.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.refused == 0
    }
}

impl Latency {
    fn of(nanos: &hdrhistogram::Histogram<u64>) -> Self {
        if nanos.is_empty() {
            return Self::default();
        }
        let micros = |nanos: u64| nanos as f64 / 1e3;
        let at = |quantile| micros(nanos.value_at_quantile(quantile));
        Self {
            min: micros(nanos.min()),
            mean: nanos.mean() / 1e3,
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: micros(nanos.max()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |name: &str, value: &dyn fmt::Display| writeln!(f, "{name:<28}{value:>14}");
        row("sessions", &self.sessions)?;
        if let Some(due) = self.due_per_second {
            row("due per second", &format_args!("{due:.1}"))?;
        }
        row("measured, s", &format_args!("{:.2}", self.seconds))?;
        row("refreshes", &self.refreshes)?;
        row(
            "refreshes per second",
            &format_args!("{:.1}", self.refreshes_per_second),
        )?;
        let latency = &self.latency;
        for (name, micros) in [
            ("latency min, µs", latency.min),
            ("latency mean, µs", latency.mean),
            ("latency 50 %, µs", latency.p50),
            ("latency 90 %, µs", latency.p90),
            ("latency 99 %, µs", latency.p99),
            ("latency 99.9 %, µs", latency.p99_9),
            ("latency max, µs", latency.max),
        ] {
            row(name, &format_args!("{micros:.1}"))?;
        }
        if let Some(micros) = self.cpu.load {
            row("CPU of the load, µs each", &format_args!("{micros:.1}"))?;
        }
        for micros in &self.cpu.watched {
            row("CPU of the server, µs each", &format_args!("{micros:.1}"))?;
        }
        row("sent again", &self.retries)?;
        row("connections made again", &self.reconnects)?;
        row("due and not answered", &self.unsent)?;
        row("sessions refused", &self.refused)?;
        row("sessions lost", &self.lost)?;
        for (code, count) in &self.errors {
            row(&format!("  {code}"), count)?;
        }
        Ok(())
    }
}
