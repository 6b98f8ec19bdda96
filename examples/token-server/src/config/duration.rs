//! Durations, as people write them.
//!
//! - Short: `"90s"`, `"10m"`, `"2h"`, `"30d"`, `"1w"`, `"3mo"`, `"1y"`, or several: `"1h30m"`.
//!   Here `m` is minutes and `mo` months. This is the ["friendly" format](jiff::fmt::friendly) of
//!   jiff, so `"90 seconds"` works too.
//! - ISO 8601, as PHP's `DateInterval` takes it: `"PT1H"`, `"P14D"`, `"P1M"`, `"P1Y2M10DT2H30M"`.
//!   Here `M` is months before the `T` and minutes after it.
//!
//! A token's lifetime is counted in seconds from some instant, not along a calendar: a day is 24
//! hours, a week 7 days, **a month 30 days, a year 365 days**.

use std::fmt;
use std::time::Duration;

use jiff::Span;

use super::document::Node;
use super::error::ConfigError;
use super::shown::shown;

/// A lifetime, which may be unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifetime {
    For(Duration),
    Never,
}

impl Lifetime {
    /// Reads a duration above zero, or the word `"never"`.
    pub(super) fn read(node: &Node<'_>) -> Result<Self, ConfigError> {
        if node
            .string(EXPECTED_LIFETIME)
            .is_ok_and(|text| text == "never")
        {
            return Ok(Self::Never);
        }
        nonzero(node, EXPECTED_LIFETIME).map(Self::For)
    }
}

/// Reads a duration above zero.
pub(super) fn positive(node: &Node<'_>) -> Result<Duration, ConfigError> {
    nonzero(node, EXPECTED)
}

/// Reads a duration above zero, up to `longest`.
pub(super) fn positive_at_most(
    node: &Node<'_>,
    longest: Duration,
) -> Result<Duration, ConfigError> {
    positive(node)?;
    at_most(node, longest)
}

/// Reads a duration from zero to `longest`.
pub(super) fn at_most(node: &Node<'_>, longest: Duration) -> Result<Duration, ConfigError> {
    let (text, duration) = any(node, EXPECTED)?;
    if duration > longest {
        let expected = format!("at most {} seconds", longest.as_secs());
        return Err(node.refuse(expected, shown(text)));
    }
    Ok(duration)
}

/// Returns the duration above zero that a text stands for.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    parse(text).ok().filter(|duration| !duration.is_zero())
}

fn nonzero(node: &Node<'_>, expected: &str) -> Result<Duration, ConfigError> {
    let (text, duration) = any(node, expected)?;
    if duration.is_zero() {
        return Err(node.refuse(expected, format!("{}, which is zero", shown(text))));
    }
    Ok(duration)
}

fn any<'d>(node: &Node<'d>, expected: &str) -> Result<(&'d str, Duration), ConfigError> {
    let text = node
        .string(expected)
        .map_err(|error| match node.type_of() {
            "a number" => node.refuse(expected, format!("a number, {}", Fault::NoUnit)),
            _ => error,
        })?;
    match parse(text) {
        Ok(duration) => Ok((text, duration)),
        Err(Fault::Malformed) => Err(node.refuse(expected, shown(text))),
        Err(fault) => Err(node.refuse(expected, format!("{}, {fault}", shown(text)))),
    }
}

fn parse(text: &str) -> Result<Duration, Fault> {
    if text.parse::<f64>().is_ok() {
        return Err(Fault::NoUnit);
    }
    let span: Span = text.parse().map_err(|_| Fault::Malformed)?;
    if span.is_negative() {
        return Err(Fault::Negative);
    }
    let days = i128::from(span.get_years()) * DAYS_PER_YEAR
        + i128::from(span.get_months()) * DAYS_PER_MONTH
        + i128::from(span.get_weeks()) * 7
        + i128::from(span.get_days());
    let minutes = (days * 24 + i128::from(span.get_hours())) * 60 + i128::from(span.get_minutes());
    let millis = (minutes * 60 + i128::from(span.get_seconds())) * 1000
        + i128::from(span.get_milliseconds());
    let nanos = (millis * 1000 + i128::from(span.get_microseconds())) * 1000
        + i128::from(span.get_nanoseconds());
    if nanos % NANOS_PER_MILLI != 0 {
        return Err(Fault::TooFine);
    }
    u64::try_from(nanos / NANOS_PER_MILLI)
        .ok()
        .map(Duration::from_millis)
        .filter(|duration| *duration <= LONGEST)
        .ok_or(Fault::TooLong)
}

/// The reason why a text is not a duration that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Malformed,
    Negative,
    NoUnit,
    TooFine,
    TooLong,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "which is no duration",
            Self::Negative => "which is negative",
            Self::NoUnit => "which has no unit: write \"60s\" for 60 seconds",
            Self::TooFine => "which is finer than a millisecond",
            Self::TooLong => "which is longer than 100 years",
        })
    }
}

const DAYS_PER_MONTH: i128 = 30;
const DAYS_PER_YEAR: i128 = 365;
const NANOS_PER_MILLI: i128 = 1_000_000;
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);
const EXPECTED: &str = "a duration such as \"60s\", \"10m\", \"30d\", \"PT1H\"";
const EXPECTED_LIFETIME: &str =
    "a duration such as \"60s\", \"10m\", \"30d\", \"PT1H\", or \"never\"";

#[cfg(test)]
mod tests;
