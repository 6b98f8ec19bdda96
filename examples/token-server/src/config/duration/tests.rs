use proptest::prelude::*;

use super::*;

fn seconds(text: &str) -> u64 {
    let duration = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    assert_eq!(duration.subsec_nanos(), 0, "{text}");
    duration.as_secs()
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[test]
fn short_forms_are_read() {
    assert_eq!(seconds("90s"), 90);
    assert_eq!(seconds("10m"), 10 * MINUTE);
    assert_eq!(seconds("2h"), 2 * HOUR);
    assert_eq!(seconds("30d"), 30 * DAY);
    assert_eq!(seconds("1w"), 7 * DAY);
    assert_eq!(seconds("1h30m"), HOUR + 30 * MINUTE);
    assert_eq!(seconds("0s"), 0);
    assert_eq!(parse("250ms"), Ok(Duration::from_millis(250)));
    assert_eq!(parse("1.5s"), Ok(Duration::from_millis(1500)));
}

#[test]
fn what_php_writes_is_read() {
    assert_eq!(seconds("PT1H"), HOUR);
    assert_eq!(seconds("PT10M"), 10 * MINUTE);
    assert_eq!(seconds("P14D"), 14 * DAY);
    assert_eq!(seconds("P2W"), 14 * DAY);
    assert_eq!(
        seconds("P1Y2M10DT2H30M"),
        (365 + 60 + 10) * DAY + 2 * HOUR + 30 * MINUTE
    );
}

#[test]
fn a_month_is_30_days_and_a_year_365() {
    assert_eq!(seconds("1mo"), 30 * DAY);
    assert_eq!(seconds("P1M"), 30 * DAY);
    assert_eq!(seconds("1y"), 365 * DAY);
    assert_eq!(seconds("P1Y"), 365 * DAY);
}

#[test]
fn m_is_minutes_in_the_short_form_and_capital_m_nothing() {
    assert_eq!(seconds("1m"), MINUTE);
    assert_eq!(parse("1M"), Err(Fault::Malformed));
}

#[test]
fn what_is_no_duration_is_refused() {
    for text in [
        "", "soon", "never", "P", "PT", "1x", "s", "1h soon", "PT1", "∞",
    ] {
        assert_eq!(parse(text), Err(Fault::Malformed), "{text}");
    }
}

#[test]
fn a_number_needs_a_unit() {
    for text in ["0", "60", "-1", "1.5"] {
        assert_eq!(parse(text), Err(Fault::NoUnit), "{text}");
    }
}

#[test]
fn the_past_is_refused() {
    for text in ["-1h", "-P1D", "1 hour ago"] {
        assert_eq!(parse(text), Err(Fault::Negative), "{text}");
    }
}

#[test]
fn less_than_a_millisecond_is_refused() {
    for text in ["1us", "1.0005s", "PT0.0001S", "1ns"] {
        assert_eq!(parse(text), Err(Fault::TooFine), "{text}");
    }
}

#[test]
fn a_hundred_years_are_the_most() {
    assert_eq!(seconds("100y"), 100 * 365 * DAY);
    for text in ["100y 1s", "P19998Y", "1000000h"] {
        assert_eq!(parse(text), Err(Fault::TooLong), "{text}");
    }
    // Beyond what can be counted at all.
    for text in ["99999999999999999999y", "P99999Y", "9223372036854775807h"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".*") {
        let _ = parse(&text);
    }

    #[test]
    fn text_like_a_duration_never_panics(text in "[-+]?P?T?([0-9]{0,21}[.]?[0-9]{0,10} ?(y|mo|w|d|h|m|s|ms|us|ns|Y|M|W|D|H|S|T)?){0,8}") {
        if let Ok(duration) = parse(&text) {
            prop_assert!(duration <= LONGEST);
        }
    }

    #[test]
    fn both_forms_come_back_as_they_went(
        (y, mo, w, d) in (0..50_u64, 0..24_u64, 0..60_u64, 0..400_u64),
        (h, m, s) in (0..100_u64, 0..100_u64, 0..100_u64),
    ) {
        let expected = (y * 365 + mo * 30 + w * 7 + d) * DAY + h * HOUR + m * MINUTE + s;
        prop_assert_eq!(seconds(&format!("{y}y{mo}mo{w}w{d}d{h}h{m}m{s}s")), expected);
        prop_assert_eq!(seconds(&format!("P{y}Y{mo}M{w}W{d}DT{h}H{m}M{s}S")), expected);
    }

    #[test]
    fn what_jiff_prints_comes_back(millis in 0..100_u64 * 365 * DAY * 1000) {
        let duration = Duration::from_millis(millis);
        let signed = jiff::SignedDuration::try_from(duration).expect("it is in range");
        prop_assert_eq!(parse(&format!("{signed:#}")), Ok(duration));
        prop_assert_eq!(parse(&signed.to_string()), Ok(duration));
    }
}
