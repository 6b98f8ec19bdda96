use std::time::Duration;

use reissue::store::Finding;

use super::inspection::Inspection;
use crate::migrations;
use crate::settings::Settings;

/// Returns what an operator should change, by what the settings of the store expect.
pub(super) fn findings(inspection: &Inspection, settings: &Settings) -> Vec<Finding> {
    let found = [
        clock_skew(inspection, settings.max_clock_skew),
        not_durable(inspection),
        read_only(inspection),
        replica_missing(inspection, settings.replication_timeout),
        schema_behind(inspection),
    ];
    let findings = found.into_iter().flatten();
    findings
        .map(|(code, detail)| Finding { code, detail })
        .collect()
}

/// A code and its details.
type Found = Option<(&'static str, String)>;

fn clock_skew(inspection: &Inspection, max: Duration) -> Found {
    let skew = Duration::from_millis(inspection.ahead.unsigned_abs());
    let direction = if inspection.ahead > 0 {
        "ahead of"
    } else {
        "behind"
    };
    (skew > max).then(|| {
        let detail = format!(
            "the server's clock is {skew:?} {direction} the one of this process; expected at most \
             {max:?}"
        );
        ("clock-skew", detail)
    })
}

fn not_durable(inspection: &Inspection) -> Found {
    if inspection.fsync == "off" {
        let detail = "fsync is off: a crash of the machine may destroy the database";
        return Some(("not-durable", detail.to_owned()));
    }
    (inspection.synchronous_commit == "off").then(|| {
        let detail = "synchronous_commit is off: a crash loses the last refreshes";
        ("not-durable", detail.to_owned())
    })
}

fn read_only(inspection: &Inspection) -> Found {
    inspection.is_read_only.then(|| {
        let detail = "the server is a standby, or its transactions are read-only: no refresh \
            succeeds";
        ("read-only", detail.to_owned())
    })
}

fn replica_missing(inspection: &Inspection, replication_timeout: Option<Duration>) -> Found {
    replication_timeout?;
    if inspection.synchronous_standby_names.is_empty() {
        let detail = "synchronous_standby_names is empty: every revocation fails";
        return Some(("replica-missing", detail.to_owned()));
    }
    (inspection.synchronous_standbys == 0).then(|| {
        let detail = "no synchronous standby is connected: every revocation fails";
        ("replica-missing", detail.to_owned())
    })
}

fn schema_behind(inspection: &Inspection) -> Found {
    let newest = migrations::newest();
    let migration = inspection.migration;
    (migration < newest).then(|| {
        let detail = format!("the schema is at step {migration}; expected {newest}: migrate it");
        ("schema-behind", detail)
    })
}

#[cfg(test)]
mod tests;
