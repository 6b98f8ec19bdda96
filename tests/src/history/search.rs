//! The search for an order that explains the responses.

use std::collections::HashSet;

use super::configuration::{Configuration, Progress, Rotations};
use super::entry::has_effects;
use super::{Disturbance, Entry, Refutation, Spec};
use crate::model::{Name, Operation};

/// The search through the history of one session.
pub(super) struct Search<'a> {
    pub(super) entries: &'a [Entry],
    pub(super) disturbances: &'a [Disturbance],
    pub(super) name: Name,
    pub(super) spec: Spec,
    /// Requests without a response yet.
    open: Vec<usize>,
    configurations: HashSet<Configuration>,
    /// Whether states are told apart by the last rotations, too.
    knows_rotations: bool,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Answered(usize),
    Asked(usize),
    LossBegins,
    LossEnds,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        entries: &'a [Entry],
        disturbances: &'a [Disturbance],
        name: Name,
        spec: Spec,
    ) -> Self {
        Self {
            entries,
            disturbances,
            name,
            spec,
            open: Vec::new(),
            configurations: HashSet::from([Configuration::default()]),
            // Without grace nothing depends on them.
            knows_rotations: !spec.grace.is_zero(),
        }
    }

    /// Whether a rotation is to be remembered.
    pub(super) fn knows_rotations(&self) -> bool {
        self.knows_rotations
    }

    pub(super) fn run(mut self) -> Result<(), Box<Refutation>> {
        for event in self.events() {
            match event {
                Event::Asked(question) => {
                    let entry = &self.entries[question];
                    if entry.answered.is_some() || has_effects(&entry.operation) {
                        self.open.push(question);
                    }
                }
                Event::Answered(question) => self.answered(question)?,
                Event::LossBegins => {
                    let before = std::mem::take(&mut self.configurations);
                    let lossy = before.into_iter().map(Configuration::begin_loss);
                    self.configurations = lossy.collect();
                }
                Event::LossEnds => {
                    let before = std::mem::take(&mut self.configurations);
                    let over = before.into_iter().flat_map(Configuration::end_loss);
                    self.configurations = over.collect();
                }
            }
        }
        Ok(())
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (question, entry) in self.entries.iter().enumerate() {
            events.push((entry.asked.order, Event::Asked(question)));
            if let Some((moment, _)) = &entry.answered {
                events.push((moment.order, Event::Answered(question)));
            }
        }
        for disturbance in self.disturbances.iter().filter(|it| it.loses_writes) {
            events.push((disturbance.from.order, Event::LossBegins));
            events.push((disturbance.until.order, Event::LossEnds));
        }
        events.sort_by_key(|(order, _)| *order);
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// Lets open requests take effect, in every order, until this request has its response.
    fn answered(&mut self, question: usize) -> Result<(), Box<Refutation>> {
        let mut explained = self.explained(question);
        if explained.is_none() && self.knows_rotations {
            self.forget_rotations();
            explained = self.explained(question);
        }
        let Some(explained) = explained else {
            return Err(self.refute("too much to think about", question));
        };
        if explained.is_empty() {
            return Err(self.refute("no order explains this response", question));
        }
        self.configurations = explained;
        self.open.retain(|open| *open != question);
        self.forget(question);
        Ok(())
    }

    /// The states in which a request has its response, or `None` where there are too many on the
    /// way.
    fn explained(&self, question: usize) -> Option<HashSet<Configuration>> {
        let (now, _) = self.entries[question].answered.as_ref()?;
        // Those who know rotations give up early: they have another way.
        let limit = self.spec.limit / if self.knows_rotations { 10 } else { 1 };
        let mut explained = HashSet::new();
        let mut seen = HashSet::new();
        let mut ahead: Vec<_> = self.configurations.iter().cloned().collect();
        while let Some(configuration) = ahead.pop() {
            if seen.contains(&configuration) {
                continue;
            }
            if let Some(Progress::Done) = configuration.under_way.get(&question) {
                let mut over = configuration;
                over.under_way.remove(&question);
                explained.insert(over);
                continue;
            }
            for other in &self.open {
                self.go_on(&configuration, *other, now.at, &mut ahead);
            }
            seen.insert(configuration);
            if seen.len() > limit {
                return None;
            }
        }
        Some(explained)
    }

    /// No longer tells states apart by the generations that they had before: many requests without
    /// a response reach one generation in countless ways. From here on, whether a token that is far
    /// behind is still remembered is open, which admits a little more.
    fn forget_rotations(&mut self) {
        self.knows_rotations = false;
        for mut configuration in std::mem::take(&mut self.configurations) {
            configuration.rotations = Rotations::default();
            self.configurations.insert(configuration);
        }
    }

    /// Drops the requests that will get no response and can have no effect any more.
    fn forget(&mut self, answered: usize) {
        let (entries, forever) = (self.entries, self.spec.grace >= Spec::FOREVER);
        let configurations = &self.configurations;
        if configurations.iter().any(|it| it.loss.is_some()) {
            return;
        }
        let is_over = configurations
            .iter()
            .all(|it| it.family.is_none() && it.is_born);
        let families = configurations.iter().filter_map(|it| it.family);
        let least = families.map(|family| family.generation).min();
        let is_amended = matches!(entries[answered].operation, Operation::Amend { .. });
        self.open.retain(|question| {
            let entry = &entries[*question];
            match entry.operation {
                _ if entry.answered.is_some() => true,
                _ if is_over => false,
                // Whoever amends waits for one before the next, which finds another revision if the
                // last comes late.
                Operation::Amend { .. } => !is_amended || entry.asked > entries[answered].asked,
                Operation::Refresh { token, .. } => {
                    !forever || least.is_none_or(|least| token.generation >= least)
                }
                _ => true,
            }
        });
        for mut configuration in std::mem::take(&mut self.configurations) {
            configuration
                .under_way
                .retain(|question, _| self.open.contains(question));
            self.configurations.insert(configuration);
        }
    }

    fn refute(&self, what: &'static str, question: usize) -> Box<Refutation> {
        let state = |configuration: &Configuration| {
            let under_way = configuration.under_way.iter().map(|(question, progress)| {
                let entry = &self.entries[*question];
                format!(
                    "{progress:?} of {} at {} ms",
                    entry.label,
                    entry.asked.at.as_millis()
                )
            });
            let under_way: Vec<_> = under_way.collect();
            let (family, loss) = (&configuration.family, &configuration.loss);
            format!("{family:?} {loss:?} {under_way:?}")
        };
        let asked = self.entries[question].asked;
        let mut before: Vec<Entry> = self.entries.to_vec();
        let end = before.partition_point(|entry| entry.asked <= asked);
        before.truncate(end + 4);
        let begin = before.len().saturating_sub(40);
        Box::new(Refutation {
            what,
            entry: self.entries[question].clone(),
            states: self.configurations.iter().map(state).collect(),
            before: before.split_off(begin),
        })
    }
}
