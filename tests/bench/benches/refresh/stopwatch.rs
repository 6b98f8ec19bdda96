//! Times several subjects in turns, and takes the median of the rounds.

use std::ops::Index;
use std::time::{Duration, Instant};

/// Something to time: does it so many times.
pub(crate) type Subject = Box<dyn FnMut(u32)>;

pub(crate) struct Stopwatch {
    subjects: Vec<(&'static str, Subject)>,
}

#[derive(Clone, Copy)]
pub(crate) struct Handle(usize);

pub(crate) struct Times(Vec<(&'static str, f64)>);

impl Stopwatch {
    pub(crate) fn new() -> Self {
        Self {
            subjects: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, name: &'static str, subject: Subject) -> Handle {
        self.subjects.push((name, subject));
        Handle(self.subjects.len() - 1)
    }

    pub(crate) fn run(mut self) -> Times {
        let counts: Vec<u32> = self
            .subjects
            .iter_mut()
            .map(|(_, subject)| repetitions(subject))
            .collect();
        let mut rounds = vec![Vec::with_capacity(ROUNDS); self.subjects.len()];
        for _ in 0..ROUNDS {
            for (at, (_, subject)) in self.subjects.iter_mut().enumerate() {
                let count = counts[at];
                rounds[at].push(time(subject, count).as_secs_f64() * 1e9 / f64::from(count));
            }
        }
        let names = self.subjects.iter().map(|(name, _)| *name);
        Times(names.zip(rounds.into_iter().map(median)).collect())
    }
}

impl Times {
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.0.iter().copied()
    }
}

impl Index<Handle> for Times {
    type Output = f64;

    fn index(&self, handle: Handle) -> &f64 {
        &self.0[handle.0].1
    }
}

/// Nanoseconds in words.
pub(crate) fn nanos(nanos: f64) -> String {
    if nanos < 1_000.0 {
        format!("{nanos:.0} ns")
    } else {
        format!("{:.2} µs", nanos / 1_000.0)
    }
}

/// How many repetitions fill a round.
fn repetitions(subject: &mut Subject) -> u32 {
    let mut count = 16;
    loop {
        let taken = time(subject, count);
        if taken >= ROUND / 2 {
            return count;
        }
        count = count.saturating_mul(2);
    }
}

fn time(subject: &mut Subject, count: u32) -> Duration {
    let start = Instant::now();
    subject(count);
    start.elapsed()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

const ROUNDS: usize = 41;
const ROUND: Duration = Duration::from_millis(20);
