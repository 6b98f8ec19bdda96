//! Latency in an open loop: refreshes are due at fixed times, whether or not the server keeps up.

use std::error::Error;

use reissue_load::Report;

use crate::lab::{Lab, Sessions};
use crate::page::Page;
use crate::plot::{Chart, Line, lines};
use crate::refresh::Refresh;
use crate::stores::Stores;
use crate::table::{count, micros, table};
use crate::turns::Subject;

pub(crate) struct Latency {
    /// The name of the server, and a report for each rate.
    servers: Vec<(String, Vec<Report>)>,
    /// The rates, as shares of the token server's.
    shares: &'static [f64],
}

pub(crate) fn measure(
    lab: &mut Lab,
    refresh: &Refresh,
    stores: &Stores,
) -> Result<Latency, Box<dyn Error>> {
    let (on_memory, on_redis) = (&refresh.memory[3], &refresh.redis[2]);
    let on_sqlite = stores.on_relaxed_sqlite();
    // With each server, the token server whose rate counts.
    let subjects = [
        ("limit, memory", &refresh.memory[1], on_memory),
        (MEMORY, on_memory, on_memory),
        (SQLITE, on_sqlite, on_sqlite),
        ("limit, Redis", &refresh.redis[0], on_redis),
        (REDIS, on_redis, on_redis),
    ];
    let mut servers = Vec::new();
    for (name, subject, token_server) in subjects {
        // Just before, because the machine is not always as fast.
        let most = closed_loop(lab, token_server)?;
        let mut reports = Vec::new();
        // Sessions of their own: those of the closed loop are where they were.
        let mut sessions = lab.sessions(&format!("open {name}"), subject.sessions.count);
        for share in lab.lengths.shares {
            let rate = (most * share).round().max(1.0).to_string();
            let slices = slices(lab, subject, &mut sessions, &["--rate", &rate])?;
            reports.push(middle(slices, |report| report.latency.p99));
        }
        servers.push((name.to_owned(), reports));
    }
    Ok(Latency {
        servers,
        shares: lab.lengths.shares,
    })
}

/// Returns the refreshes per second of a server in a closed loop.
fn closed_loop(lab: &mut Lab, subject: &Subject) -> Result<f64, Box<dyn Error>> {
    let mut sessions = subject.sessions.clone();
    let slices = slices(lab, subject, &mut sessions, &[])?;
    let rate = |report: &Report| report.refreshes_per_second;
    Ok(rate(&middle(slices, rate)))
}

fn slices(
    lab: &mut Lab,
    subject: &Subject,
    sessions: &mut Sessions,
    more: &[&str],
) -> Result<Vec<Report>, Box<dyn Error>> {
    (0..lab.lengths.rounds.min(SLICES))
        .map(|_| lab.slice(lab.lengths.slice, &[&subject.server], sessions, &[], more))
        .collect()
}

/// The machine may have had a bad moment in one of them.
fn middle(mut slices: Vec<Report>, figure: impl Fn(&Report) -> f64) -> Report {
    slices.sort_by(|a, b| figure(a).total_cmp(&figure(b)));
    slices.swap_remove(slices.len() / 2)
}

impl Latency {
    /// The token server on each store: its name, the 99th percentile at half of its rate in
    /// microseconds, and how many refreshes were not served at three quarters of it.
    pub(crate) fn of_token_servers(&self) -> impl Iterator<Item = (&str, f64, u64)> {
        let servers = self.servers.iter();
        let servers = servers.filter(|(name, _)| [MEMORY, SQLITE, REDIS].contains(&&**name));
        servers.map(|(name, reports)| {
            let at = |share: f64| {
                let shares = self.shares.iter();
                let mut reports = shares.zip(reports);
                let found = reports.find(|(other, _)| **other == share);
                found.map(|(_, report)| report)
            };
            let p99 = at(0.5).map_or(f64::NAN, |report| report.latency.p99);
            let unserved = at(0.75).map_or(0, |report| report.unsent);
            (&**name, p99, unserved)
        })
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("Latency at a given rate");
        page.text(
            "Open loop: refreshes are due at fixed times, at shares of the token server's rate in the closed \
             loop, which is measured just before, and latency counts from when a refresh was due. Refreshes \
             that were due and had no response when the time was up are counted separately. Each row is the \
             slice in the middle of three, by the 99th percentile.",
        );
        let mut rows = Vec::new();
        for (name, reports) in &self.servers {
            for report in reports {
                let latency = &report.latency;
                rows.push(vec![
                    name.clone(),
                    count(report.due_per_second.unwrap_or(f64::NAN)),
                    count(report.refreshes_per_second),
                    micros(latency.p50),
                    micros(latency.p90),
                    micros(latency.p99),
                    micros(latency.p99_9),
                    micros(latency.max),
                    count(report.unsent as f64),
                ]);
            }
        }
        let head = [
            "server",
            "due per second",
            "served",
            "50 %",
            "90 %",
            "99 %",
            "99.9 %",
            "max",
            "not served",
        ];
        page.text(&table(&head, &rows));
        let series: Vec<_> = self
            .servers
            .iter()
            .map(|(name, reports)| Line {
                label: format!("{name}, 99 %"),
                points: reports
                    .iter()
                    .filter_map(|report| Some((report.due_per_second?, report.latency.p99)))
                    .collect(),
            })
            .collect();
        let chart = Chart {
            x: "refreshes due per second",
            y: "latency, µs",
            log_x: false,
            log_y: true,
        };
        lines(&page.plot("latency.svg"), &chart, &series)?;
        page.image(
            "latency.svg",
            "Latency at the 99th percentile against the rate",
        );
        Ok(())
    }
}

/// At each rate.
const SLICES: usize = 3;

const MEMORY: &str = "token server, memory";
const SQLITE: &str = "token server, SQLite relaxed";
const REDIS: &str = "token server, Redis";
