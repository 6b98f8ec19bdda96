//! Keys that are used one after the other.

use std::time::Duration;

use reissue::Timestamp;
use reissue::key::{KeyError, KeyRing};

use super::SetupError;
use crate::config::{ScheduledKey, Source};
use crate::findings::Findings;

/// Keys, each with the time from which it is used.
pub(super) type Schedule<K> = Vec<(K, Option<Timestamp>)>;

/// Reads each key at `path` with `read`.
pub(super) fn read<K>(
    path: &str,
    keys: &[ScheduledKey],
    mut read: impl FnMut(&str, &Source) -> Result<K, SetupError>,
) -> Result<Schedule<K>, SetupError> {
    keys.iter()
        .enumerate()
        .map(|(index, scheduled)| {
            let key = read(&format!("{path}[{index}]"), &scheduled.key)?;
            Ok((key, time(scheduled)))
        })
        .collect()
}

/// Returns the index of the key that is used in the end; `None` if there is no key.
pub(super) fn last<K>(keys: &[(K, Option<Timestamp>)]) -> Option<usize> {
    let last = |index: &usize| keys[*index].1;
    // The first of those without a time: the last of equals wins.
    (0..keys.len()).rev().max_by_key(last)
}

/// Builds the ring of the keys at `path`, or of a new key, if there is none.
pub(super) fn ring<K>(
    path: &str,
    mut keys: Schedule<K>,
    now: Timestamp,
    generate: impl FnOnce() -> Result<K, KeyError>,
    build: impl FnOnce(Schedule<K>, Timestamp) -> Result<KeyRing<K>, KeyError>,
) -> Result<KeyRing<K>, SetupError> {
    let unusable = |cause| SetupError::Key {
        path: path.to_owned(),
        cause,
    };
    if keys.is_empty() {
        keys.push((generate().map_err(unusable)?, None));
    }
    let earliest = (0..keys.len()).min_by_key(|index| keys[*index].1);
    build(keys, now).map_err(|cause| match (cause, earliest) {
        (KeyError::NotYetUsed { .. }, Some(earliest)) => SetupError::Value {
            path: format!("{path}[{earliest}].used_from"),
            expected: "a time that has passed, because there is no key to use before it".to_owned(),
        },
        (cause, _) => unusable(cause),
    })
}

/// Reports which keys are yet to be used, with a warning if that is sooner than in `lead`:
/// whoever does not know the key by then denies its tokens, as `otherwise` says.
pub(super) fn report(
    path: &str,
    keys: &[ScheduledKey],
    now: Timestamp,
    lead: Duration,
    otherwise: &str,
    findings: &mut Findings,
) {
    for (index, scheduled) in keys.iter().enumerate() {
        let Some(written) = scheduled.used_from else {
            continue;
        };
        match time(scheduled) {
            Some(used_from) if used_from <= now => {}
            Some(used_from) if used_from < now + lead => findings.warn(format!(
                "{path}[{index}]: used from {written}, which is less than {} s ahead: {otherwise}",
                lead.as_secs()
            )),
            _ => findings.note(format!("{path}[{index}]: used from {written}")),
        }
    }
}

fn time(scheduled: &ScheduledKey) -> Option<Timestamp> {
    let millis = scheduled.used_from?.as_millisecond();
    // The configuration takes no time before 1970.
    Some(Timestamp::from_millis(
        u64::try_from(millis).unwrap_or_default(),
    ))
}
