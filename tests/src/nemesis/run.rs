//! One fault after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use super::{Arena, Dice, Fault};
use crate::history::{History, Moment};

/// Makes things go wrong in an [`Arena`] while clients use it.
#[derive(Debug)]
#[must_use]
pub struct Nemesis<A> {
    arena: A,
    dice: Dice,
    history: History,
    calm: (u64, u64),
}

/// What is left to do as long as clients go on when the nemesis is done.
#[derive(Debug)]
#[must_use]
pub struct Watch<A> {
    arena: A,
    history: History,
    epoch: String,
    from: Moment,
}

/// How often each fault was done, and what happened when.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Tally {
    /// By name; zero for one that was not done.
    pub faults: BTreeMap<&'static str, usize>,
    /// In order, for people.
    pub log: Vec<String>,
}

impl<A> Nemesis<A>
where
    A: Arena,
{
    /// Follows the seed, and reports to this history.
    pub fn new(arena: A, seed: u64, history: History) -> Self {
        Self {
            arena,
            dice: Dice::new(seed),
            history,
            calm: (200, 700),
        }
    }

    /// How many milliseconds there are between two faults.
    pub fn with_calm(self, from: u64, to: u64) -> Self {
        Self {
            calm: (from, to),
            ..self
        }
    }

    /// Goes on for so long, and until every fault was done once. Blocks. All is well afterwards.
    pub fn run(mut self, at_least: Duration) -> (Tally, Watch<A>) {
        let began = Instant::now();
        let mut tally = Tally::default();
        tally
            .faults
            .extend(self.arena.faults().iter().map(|it| (it.name, 0)));
        self.arena.wait_until_well();
        let mut epoch = self.arena.epoch();
        loop {
            let mut faults = self.arena.faults();
            self.dice.shuffle(&mut faults);
            for fault in faults {
                let first_round = tally.faults.values().any(|count| *count == 0);
                if !first_round && began.elapsed() >= at_least {
                    let watch = Watch {
                        from: self.history.now(),
                        arena: self.arena,
                        history: self.history,
                        epoch,
                    };
                    return (tally, watch);
                }
                self.strike(&fault, &mut epoch, began, &mut tally);
            }
        }
    }

    fn strike(&mut self, fault: &Fault<A>, epoch: &mut String, began: Instant, tally: &mut Tally) {
        let from = self.history.now();
        // From here on all that was answered is everywhere: what was written before cannot be lost.
        self.arena.wait_until_well();
        thread::sleep(self.dice.millis(self.calm.0, self.calm.1));
        let at = began.elapsed();
        (fault.strike)(&self.arena, &mut self.dice);
        self.arena.wait_until_well();
        let now = self.arena.epoch();
        let lost = fault.loses_writes || now != *epoch;
        *epoch = now;
        self.history.disturbed(from, lost);
        *tally.faults.entry(fault.name).or_default() += 1;
        let (at, until) = (at.as_millis(), began.elapsed().as_millis());
        let lost = if lost { ", may have lost writes" } else { "" };
        tally
            .log
            .push(format!("{at}–{until} ms {}{lost}", fault.name));
    }
}

impl<A> Watch<A>
where
    A: Arena,
{
    /// Reports it if something went wrong by itself. Blocks.
    pub fn end(self) {
        self.arena.wait_until_well();
        if self.arena.epoch() != self.epoch {
            self.history.disturbed(self.from, true);
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.log {
            writeln!(f, "  {line}")?;
        }
        Ok(())
    }
}
