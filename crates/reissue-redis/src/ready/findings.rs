use std::time::Duration;

use reissue::store::Finding;

use super::inspection::Inspection;
use crate::durability::Durability;
use crate::settings::Settings;

/// Returns what an operator should change, by what the settings of the store expect.
pub(super) fn findings(inspection: &Inspection, settings: &Settings) -> Vec<Finding> {
    let found = [
        clock_skew(inspection, settings.max_clock_skew),
        eviction_policy(inspection),
        missing_rights(inspection),
        persistence(inspection),
        server_too_old(inspection),
        too_few_replicas(inspection, settings.durability),
    ];
    let findings = found.into_iter().flatten();
    findings
        .map(|(code, detail)| Finding {
            code,
            detail: match inspection.node.as_str() {
                "" => detail,
                node => format!("{node}: {detail}"),
            },
        })
        .collect()
}

/// A code and its details.
type Found = Option<(&'static str, String)>;

fn clock_skew(inspection: &Inspection, max: Duration) -> Found {
    let ahead = inspection.ahead?;
    let skew = Duration::from_millis(ahead.unsigned_abs());
    let direction = if ahead > 0 { "ahead of" } else { "behind" };
    (skew > max).then(|| {
        let detail = format!(
            "the clock is {skew:?} {direction} the one of this process; expected at most {max:?}"
        );
        ("clock-skew", detail)
    })
}

fn eviction_policy(inspection: &Inspection) -> Found {
    let policy = inspection.line("maxmemory_policy")?;
    (policy != "noeviction").then(|| {
        let detail = format!(
            "maxmemory-policy is {policy}; expected noeviction, or sessions are lost when memory \
             is short, and reuse of their tokens goes unnoticed"
        );
        ("eviction-policy", detail)
    })
}

fn missing_rights(inspection: &Inspection) -> Found {
    let denied = inspection.denied.join(", ");
    (!denied.is_empty()).then(|| ("missing-rights", format!("the user may not call {denied}")))
}

fn persistence(inspection: &Inspection) -> Found {
    if inspection.line("aof_enabled")? != "0" {
        return None;
    }
    match inspection.save.as_deref() {
        None => {
            let detail = "appendonly is off, and the user may not read whether snapshots are saved";
            Some(("persistence-unknown", detail.to_owned()))
        }
        Some("") => {
            let detail = "appendonly is off and save is empty: a restart logs everyone out";
            Some(("no-persistence", detail.to_owned()))
        }
        Some(_) => None,
    }
}

fn server_too_old(inspection: &Inspection) -> Found {
    let version = inspection.line("redis_version")?;
    let is_old = inspection.version().is_some_and(|major| major < 7);
    is_old.then(|| {
        (
            "server-too-old",
            format!("version {version}; expected 7.0 or newer"),
        )
    })
}

fn too_few_replicas(inspection: &Inspection, durability: Option<Durability>) -> Found {
    let wanted = durability?.replicas;
    let following: u32 = inspection.line("connected_slaves")?.parse().ok()?;
    (following < wanted).then(|| {
        let detail = format!("{following} replicas are connected, and a revocation needs {wanted}");
        ("too-few-replicas", detail)
    })
}

#[cfg(test)]
mod tests;
