//! What a session may be, and how far what was asked about it has come.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::{Entry, Response};
use crate::model::{Call, Family, Operation};

/// One state that a session may be in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Configuration {
    /// Nothing before the login, and after the end.
    pub(super) family: Option<Family>,
    pub(super) is_born: bool,
    pub(super) loss: Option<Loss>,
    pub(super) rotations: Rotations,
    /// By the number of the question. One that has had no effect yet is not among them.
    pub(super) under_way: BTreeMap<usize, Progress>,
}

/// The last rotations of a session, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Rotations {
    /// Which generation was the current one until then, and between which points in time that was,
    /// where that is known and matters.
    known: VecDeque<(u64, Option<(Duration, Duration)>)>,
    /// Whether these are all that there were since the login, or as many as a store remembers.
    are_all: bool,
}

/// When a generation was superseded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Superseded {
    /// So long ago that the store does not remember.
    Forgotten,
    /// Between these points in time, where that is known and matters.
    Remembered(Option<(Duration, Duration)>),
    /// Nobody can tell whether the store remembers.
    Unknown,
}

impl Rotations {
    /// Those of a session that has just begun.
    pub(super) fn none() -> Self {
        Self {
            known: VecDeque::new(),
            are_all: true,
        }
    }

    pub(super) fn push(&mut self, from: u64, between: Option<(Duration, Duration)>) {
        self.known.push_front((from, between));
        if self.known.len() >= REMEMBERED {
            self.known.truncate(REMEMBERED);
            self.are_all = true;
        }
    }

    fn superseded(&self, generation: u64, current: u64) -> Superseded {
        match self.known.iter().find(|(from, _)| *from <= generation) {
            Some((_, between)) => Superseded::Remembered(*between),
            None if self.are_all => Superseded::Forgotten,
            // Each rotation leads at least one generation ahead.
            None if current - generation <= REMEMBERED as u64 => Superseded::Remembered(None),
            None => Superseded::Unknown,
        }
    }
}

/// While writes are being lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Loss {
    /// No generation that was current before this one can come back.
    pub(super) floor: u64,
    /// Whether its creation may be lost, or it may have been revoked and the revocation lost.
    pub(super) frail: bool,
}

/// How far a question has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Progress {
    /// It has found an old token outside grace; what is left to do is to end the session.
    Convicted(Call),
    /// This trip made that generation current, and is going to be sent again.
    Resent(Call, u64),
    /// It is over.
    Done,
}

impl Configuration {
    /// What the trip of an operation may find. While writes are being lost that is any generation
    /// since that began, of which those are enough that make a difference.
    pub(super) fn found(&self, entry: &Entry) -> Vec<Option<Family>> {
        let (Some(family), Some(loss)) = (self.family, self.loss) else {
            return vec![self.family];
        };
        let mut generations = BTreeSet::from([loss.floor, family.generation]);
        if let Operation::Introspect { token, .. } | Operation::Refresh { token, .. } =
            entry.operation
        {
            generations.extend([token.generation, token.generation + 1]);
        }
        // A superseded token is answered with whichever is the current one.
        if let Some((_, Response::Tokens { generation, .. })) = entry.answered {
            generations.insert(generation);
        }
        self.any_of(generations)
    }

    /// The session with each of these generations that is possible, and without it if that is.
    fn any_of(&self, generations: impl IntoIterator<Item = u64>) -> Vec<Option<Family>> {
        let (Some(family), Some(loss)) = (self.family, self.loss) else {
            return vec![self.family];
        };
        let possible = loss.floor..=family.generation;
        let possible = generations
            .into_iter()
            .filter(|generation| possible.contains(generation));
        let any = possible.map(|generation| {
            Some(Family {
                generation,
                ..family
            })
        });
        any.chain(loss.frail.then_some(None)).collect()
    }

    /// When a generation was superseded, for a trip that finds the session at a later one.
    pub(super) fn superseded(&self, generation: u64, found: Family) -> Superseded {
        if self.loss.is_some() {
            return Rotations::default().superseded(generation, found.generation);
        }
        self.rotations.superseded(generation, found.generation)
    }

    /// Writes may be lost from now on.
    pub(super) fn begin_loss(self) -> Self {
        let floor = self.family.map_or(0, |family| family.generation);
        let frail = false;
        Self {
            loss: Some(Loss { floor, frail }),
            rotations: Rotations::default(),
            ..self
        }
    }

    /// What was lost is lost, and nothing else will be.
    pub(super) fn end_loss(self) -> Vec<Self> {
        let newest = self.family.map_or(0, |family| family.generation);
        let floor = self.loss.map_or(0, |loss| loss.floor);
        self.any_of(floor..=newest)
            .into_iter()
            .map(|family| Self {
                family,
                loss: None,
                ..self.clone()
            })
            .collect()
    }

    pub(super) fn with(&self, question: usize, progress: Progress) -> Self {
        let mut configuration = self.clone();
        configuration.under_way.insert(question, progress);
        configuration
    }
}

/// How many rotations a store remembers.
const REMEMBERED: usize = 8;
