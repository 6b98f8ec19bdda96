//! Servers that take turns, so that a noisy machine disturbs all of them alike.

use std::error::Error;
use std::rc::Rc;

use reissue_load::Report;

use crate::lab::{Lab, Sessions};
use crate::server::Server;
use crate::table::{Spread, median};

/// A server and what was measured of it, slice by slice.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) server: Rc<Server>,
    pub(crate) sessions: Sessions,
    store: Box<dyn Fn() -> Vec<u32>>,
    more: &'static [&'static str],
    reports: Vec<Report>,
}

impl Subject {
    pub(crate) fn new(
        name: &'static str,
        server: impl Into<Rc<Server>>,
        sessions: Sessions,
    ) -> Self {
        Self {
            name,
            server: server.into(),
            sessions,
            store: Box::new(Vec::new),
            more: &[],
            reports: Vec::new(),
        }
    }

    /// Reports the CPU time of the processes that the store has at each slice, too.
    pub(crate) fn with_store(self, pids: impl Fn() -> Vec<u32> + 'static) -> Self {
        Self {
            store: Box::new(pids),
            ..self
        }
    }

    /// More arguments for the load generator.
    pub(crate) fn with_arguments(self, more: &'static [&'static str]) -> Self {
        Self { more, ..self }
    }

    /// Refreshes per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.median(|report| report.refreshes_per_second)
    }

    /// CPU time of the server for one refresh, in microseconds.
    pub(crate) fn cpu(&self) -> f64 {
        self.median(cpu)
    }

    /// The same of the processes of the store; zero without.
    pub(crate) fn store_cpu(&self) -> f64 {
        self.median(|report| report.cpu.watched.iter().skip(1).sum())
    }

    /// How long half of the refreshes took at most, in microseconds.
    pub(crate) fn p50(&self) -> f64 {
        self.median(|report| report.latency.p50)
    }

    /// How long 99 of 100 refreshes took at most, in microseconds.
    pub(crate) fn p99(&self) -> f64 {
        self.median(|report| report.latency.p99)
    }

    /// The same of the load generator.
    pub(crate) fn load_cpu(&self) -> f64 {
        self.median(|report| report.cpu.load.unwrap_or(f64::NAN))
    }

    /// The CPU time of another server for one refresh over that of this one: 1 is as good as the
    /// other.
    pub(crate) fn cpu_ratio_to(&self, other: &Self) -> Spread {
        let pairs = self.reports.iter().zip(&other.reports);
        Spread::of(pairs.map(|(own, other)| cpu(other) / cpu(own)).collect())
    }

    /// The refreshes per second of this server over those of another.
    pub(crate) fn rate_ratio_to(&self, other: &Self) -> f64 {
        let rate = |report: &Report| report.refreshes_per_second;
        let pairs = self.reports.iter().zip(&other.reports);
        median(pairs.map(|(own, other)| rate(own) / rate(other)).collect())
    }

    fn median(&self, figure: impl Fn(&Report) -> f64) -> f64 {
        median(self.reports.iter().map(figure).collect())
    }
}

/// A slice of each, again and again.
pub(crate) fn take_turns(lab: &mut Lab, subjects: &mut [Subject]) -> Result<(), Box<dyn Error>> {
    for _ in 0..lab.lengths.rounds {
        for subject in &mut *subjects {
            let watched = (subject.store)();
            let (server, sessions) = (&*subject.server, &mut subject.sessions);
            let turn = lab.lengths.turn;
            let report = lab.slice(turn, &[server], sessions, &watched, subject.more)?;
            subject.reports.push(report);
        }
    }
    Ok(())
}

fn cpu(report: &Report) -> f64 {
    report.cpu.watched.first().copied().unwrap_or(f64::NAN)
}
