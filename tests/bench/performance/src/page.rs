//! `docs/performance.md` and its plots.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::idle::Idle;
use crate::lab::Lab;
use crate::latency::Latency;
use crate::machine::Machine;
use crate::refresh::{Refresh, Shares};
use crate::round_trip::RoundTrip;
use crate::stores::Stores;
use crate::table::{count, micros, ratio, table};

/// The page, as far as it is written.
pub(crate) struct Page {
    folder: PathBuf,
    text: String,
}

impl Page {
    pub(crate) fn new(folder: &Path) -> Result<Self, Box<dyn Error>> {
        fs::create_dir_all(folder.join(PLOTS))?;
        Ok(Self {
            folder: folder.to_owned(),
            text: String::new(),
        })
    }

    /// What was measured, and on what.
    pub(crate) fn head(&mut self, machine: &Machine, lab: &Lab) -> Result<(), Box<dyn Error>> {
        self.text.push_str("# Performance\n\n");
        self.text(
            "Written by `tests/bench/measure`, which builds, runs and measures everything on this page in one \
             run; run it on your own machine. Absolute figures depend on the machine; compare the ratios to the \
             unavoidable cost, which was measured in the same run.",
        );
        if lab.lengths.is_quick {
            self.text("**This was a quick run. It shows that everything works; its figures are not reliable.**");
        }
        self.text(&table(&["", ""], &machine.rows()).replace("---:", "---"));
        self.text(&format!(
            "In the measured time of all runs, {} refreshes were served, and {} correct clients were logged out.",
            count(lab.refreshes as f64),
            lab.lost
        ));
        Ok(())
    }

    /// What was aimed at, and what was reached.
    pub(crate) fn summary(
        &mut self,
        refresh: &Refresh,
        stores: &Stores,
        round_trip: &RoundTrip,
        latency: &Latency,
        idle: &Idle,
    ) -> Result<(), Box<dyn Error>> {
        self.section("Targets");
        let row = |what: &str, target: &str, layer_alone: String, found: String, is_met: bool| {
            let met = if is_met { "yes" } else { "no" };
            vec![
                what.to_owned(),
                target.to_owned(),
                layer_alone,
                found,
                met.to_owned(),
            ]
        };
        let share = |what: &str, least: f64, shares: Shares| {
            let Shares {
                layer_alone,
                token_server,
            } = shares;
            row(
                what,
                &format!("≥ {least:.2}"),
                layer_alone.to_string(),
                token_server.to_string(),
                token_server.median >= least,
            )
        };
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let own = |what: &str, target: &str, found: String, is_met| {
            row(what, target, String::new(), found, is_met)
        };
        let mut rows = vec![
            share(
                "refresh on memory, share of the limit",
                0.75,
                refresh.memory_shares(),
            ),
            share(
                "refresh on Redis, share of the limit",
                0.75,
                refresh.redis_shares(),
            ),
            share(
                "denied garbage, share of bare hyper",
                0.8,
                refresh.garbage_shares(),
            ),
            share(
                "denied forgery, share of bare hyper",
                0.8,
                refresh.forgery_shares(),
            ),
            own(
                "refresh on SQLite (relaxed), share of the rate on memory",
                "≥ 0.60",
                ratio(stores.sqlite_share()),
                stores.sqlite_share() >= 0.6,
            ),
            own(
                "refresh on Postgres, share of `pgbench`",
                "≥ 0.50",
                ratio(stores.postgres_share()),
                stores.postgres_share() >= 0.5,
            ),
            own(
                "CPU of Redis for a refresh",
                "≤ 10 µs",
                micros(stores.redis_cpu()),
                stores.redis_cpu() <= 10.0,
            ),
            own(
                "`EVALSHA`s of a refresh",
                "≤ 1",
                format!("{:.3}", round_trip.scripts_per_refresh),
                // A server that does not know the script yet is asked once more, once.
                round_trip.scripts_per_refresh < 1.001,
            ),
            row(
                &format!("{} idle connections", count(idle.connections() as f64)),
                "< 120 MB",
                megabytes(idle.layer_alone()),
                megabytes(idle.token_server()),
                idle.is_complete() && idle.token_server() < 120_000_000,
            ),
        ];
        for (name, p99, unserved) in latency.of_token_servers() {
            rows.push(own(
                &format!("{name}: 99 % at half of its rate"),
                "< 5 ms",
                format!("{:.1} ms", p99 / 1_000.0),
                p99 < 5_000.0,
            ));
            rows.push(own(
                &format!("{name}: not served at three quarters of its rate"),
                "0",
                count(unserved as f64),
                unserved == 0,
            ));
        }
        let head = ["", "target", "layer alone", "token server", "met"];
        self.text(&table(&head, &rows));
        self.text(
            "Shares are the CPU time that the limit takes for a request over what the server takes, with the \
             middle half of the slices in \
             brackets; a target is met if the token server, the whole program, meets it. The sections below \
             describe the servers.",
        );
        Ok(())
    }

    pub(crate) fn section(&mut self, title: &str) {
        self.text.push_str(&format!("## {title}\n\n"));
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push_str("\n\n");
    }

    /// Where to draw a plot.
    pub(crate) fn plot(&self, name: &str) -> PathBuf {
        self.folder.join(PLOTS).join(name)
    }

    pub(crate) fn image(&mut self, name: &str, description: &str) {
        self.text(&format!("![{description}]({PLOTS}/{name})"));
    }

    pub(crate) fn save(&self) -> Result<(), Box<dyn Error>> {
        let text = format!("{}\n", self.text.trim_end());
        fs::write(self.folder.join("performance.md"), text)?;
        Ok(())
    }
}

/// Beside the page.
const PLOTS: &str = "performance";
