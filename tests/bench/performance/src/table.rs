//! Figures in Markdown.

use std::fmt;

/// A table; the first column is text, the others are numbers.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head: Vec<_> = head.iter().map(|&name| name.to_owned()).collect();
    let mut rule = vec!["---:".to_owned(); head.len()];
    rule[0] = "---".to_owned();
    let mut table = line(&head) + &line(&rule);
    for row in rows {
        table += &line(row);
    }
    table
}

/// The one in the middle.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    match numbers.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => numbers[length / 2],
        length => f64::midpoint(numbers[length / 2 - 1], numbers[length / 2]),
    }
}

/// The middle of what was found, and where the middle half of it lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    quartiles: [f64; 2],
}

impl Spread {
    pub(crate) fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let quartile = numbers.len() / 4;
        let at = |index: usize| numbers.get(index).copied().unwrap_or(f64::NAN);
        Self {
            quartiles: [at(quartile), at(numbers.len().saturating_sub(1 + quartile))],
            median: median(numbers),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.quartiles;
        write!(f, "{:.2} ({low:.2}–{high:.2})", self.median)
    }
}

pub(crate) fn micros(number: f64) -> String {
    format!("{number:.1} µs")
}

pub(crate) fn ratio(number: f64) -> String {
    format!("{number:.2}")
}

/// A whole number with its thousands apart.
pub(crate) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let first = digits.len() % 3;
    let mut out = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(&String::from_utf8_lossy(group));
    }
    out
}
