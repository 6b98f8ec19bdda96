//! `docs/performance.md` and its plots.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use crate::idle::Idle;
use crate::lab::Lab;
use crate::machine::Machine;
use crate::refresh::Refresh;
use crate::round_trip::RoundTrip;
use crate::table::{count, ratio, table};

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
            "Written by `tests/measure`, which builds, runs and measures everything on this page in one run; run it on your own machine. Absolute figures are those of the machine; the ratios to what cannot be \
             avoided, taken in the same run, are what to compare.",
        );
        if lab.lengths.is_quick {
            self.text("**This was a quick run: it shows that everything works, and no figures to rely on.**");
        }
        self.text(&table(&["", ""], &machine.rows()).replace("---:", "---"));
        self.text(&format!(
            "In the measured time of all runs, {} refreshes were answered, and {} honest clients were logged out.",
            count(lab.refreshes as f64),
            lab.lost
        ));
        Ok(())
    }

    /// What was aimed at, and what was reached.
    pub(crate) fn summary(
        &mut self,
        refresh: &Refresh,
        round_trip: &RoundTrip,
        idle: &Idle,
    ) -> Result<(), Box<dyn Error>> {
        self.section("Targets");
        let row = |what: &str, target: &str, found: String, is_met: bool| {
            vec![
                what.to_owned(),
                target.to_owned(),
                found,
                (if is_met { "yes" } else { "no" }).to_owned(),
            ]
        };
        let (memory, redis) = (refresh.memory_ratio(), refresh.redis_ratio());
        let (refusal, added) = (refresh.refusal_ratio(), round_trip.added());
        let connections = format!("{} idle connections", count(idle.connections() as f64));
        let rows = [
            row(
                "refresh on memory, share of the limit",
                "≥ 0.75",
                ratio(memory),
                memory >= 0.75,
            ),
            row(
                "refresh on Redis, share of the limit",
                "≥ 0.75",
                ratio(redis),
                redis >= 0.75,
            ),
            row(
                "refused token, share of bare hyper",
                "≥ 0.80",
                ratio(refusal),
                refusal >= 0.8,
            ),
            row(
                "round trips that Redis adds to a refresh",
                "≤ 1",
                ratio(added),
                added <= 1.0,
            ),
            row(
                &connections,
                "< 120 MB",
                format!("{:.1} MB", idle.megabytes()),
                idle.is_complete() && idle.megabytes() < 120.0,
            ),
        ];
        self.text(&table(&["", "target", "found", "met"], &rows));
        self.text(
            "Shares are the CPU time that the limit takes for a request over what the token server takes; the sections below say \
             what each server is.",
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
