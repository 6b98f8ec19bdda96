//! One trip of one question, from one state that the session may be in.

use std::time::Duration;

use super::configuration::{Configuration, Loss, Progress, Rotations, Superseded};
use super::entry::{ends, normal};
use super::search::Search;
use super::spec::YOUNG;
use super::{Entry, Spec};
use crate::model::{Call, Family, Model, Operation, Step};

impl Search<'_> {
    /// The next trip of a question, and all that may come of it.
    pub(super) fn go_on(
        &self,
        before: &Configuration,
        question: usize,
        now: Duration,
        after: &mut Vec<Configuration>,
    ) {
        let entry = &self.entries[question];
        if entry.answered.is_none() && self.is_spent(before, &entry.operation) {
            return;
        }
        let call = match before.under_way.get(&question) {
            Some(Progress::Done) => return,
            // Sent again before anybody else came between, it is recognised: that is the first time
            // over again.
            Some(Progress::Resent(_, generation))
                if before.family.is_some_and(|it| it.generation == *generation) =>
            {
                return;
            }
            Some(Progress::Convicted(call) | Progress::Resent(call, _)) => *call,
            None => match Model::new(self.spec.rules()).begin(entry.operation, 0) {
                Step::Trip(call) => call,
                Step::Done(outcome) => {
                    let answered = entry.answered.as_ref();
                    if answered.is_some_and(|(_, response)| response.agrees(&outcome, self.name)) {
                        after.push(before.with(question, Progress::Done));
                    }
                    return;
                }
            },
        };
        for found in before.found(entry) {
            for age in self.ages(before, entry, found, now) {
                self.trip(before, question, call, (found, *age), after);
            }
        }
    }

    /// Whether a superseded token may be within its grace, or outside; what else there is does not
    /// depend on time.
    fn ages(
        &self,
        before: &Configuration,
        entry: &Entry,
        found: Option<Family>,
        now: Duration,
    ) -> &'static [u64] {
        let (Operation::Refresh { token, .. }, Some(family)) = (entry.operation, found) else {
            return &[YOUNG];
        };
        if token.generation >= family.generation {
            return &[YOUNG];
        }
        let superseded = match before.superseded(token.generation, family) {
            // What is lost may have met the session at any time until now, and take effect only
            // now.
            Superseded::Remembered(_) if entry.answered.is_none() => Superseded::Remembered(None),
            superseded => superseded,
        };
        self.spec.ages(superseded, (entry.asked.at, now))
    }

    fn trip(
        &self,
        before: &Configuration,
        question: usize,
        call: Call,
        (found, age): (Option<Family>, u64),
        after: &mut Vec<Configuration>,
    ) {
        let entry = &self.entries[question];
        let mut model = Model::new(self.spec.rules());
        model.families.extend(found.map(|found| (self.name, found)));
        let mut step = model.step(call, age);
        let mut left = self.left(&model);
        let is_known = entry.answered.is_some();
        // A trip that changed nothing may as well come just before the next; but others may revoke
        // what is convicted.
        while let Step::Trip(next) = step
            && left == found
        {
            step = model.step(next, age);
            left = self.left(&model);
            if is_known && found.is_some() && left.is_none() {
                after.push(before.with(question, Progress::Convicted(next)));
            }
        }
        let Step::Done(outcome) = step else {
            return;
        };
        let has_changed = left != found;
        if has_changed && is_known {
            self.resend(before, question, call, left, after);
        }
        match &entry.answered {
            Some((_, response)) if !response.agrees(&outcome, self.name) => return,
            None if !has_changed => return,
            _ => {}
        }
        let ended = ends(&outcome);
        let reached = self.reached(before, entry, found, left, ended);
        // What changes nothing when it comes again need not be remembered: nobody else brings its
        // generation back.
        let is_remembered = is_known || matches!(entry.operation, Operation::Amend { .. });
        after.push(if is_remembered {
            reached.with(question, Progress::Done)
        } else {
            reached
        });
        if is_known
            && ended
            && let (Some(_), Some(loss)) = (before.family, before.loss)
            && !loss.frail
        {
            // Done where it is going to be lost, and then again.
            let mut flickering = before.clone();
            flickering.loss = Some(Loss {
                frail: true,
                ..loss
            });
            after.push(flickering);
        }
    }

    /// The session after a trip that found it to be one thing and left it another.
    fn reached(
        &self,
        before: &Configuration,
        entry: &Entry,
        found: Option<Family>,
        left: Option<Family>,
        ended: bool,
    ) -> Configuration {
        let mut reached = before.clone();
        if let Some(loss) = before.loss {
            let is_known = entry.answered.is_some();
            match (before.family, left) {
                // What was answered is not lost.
                _ if ended && is_known => {
                    reached.family = None;
                    reached.loss = Some(Loss {
                        frail: false,
                        ..loss
                    });
                }
                (Some(newest), Some(left)) => {
                    reached.family = Some(Family {
                        generation: newest.generation.max(left.generation),
                        ..left
                    });
                }
                (Some(_), None) => {
                    let frail = loss.frail || found.is_some();
                    reached.loss = Some(Loss { frail, ..loss });
                }
                (None, Some(created)) => {
                    reached.is_born = true;
                    reached.family = Some(created);
                    reached.loss = Some(Loss {
                        floor: created.generation,
                        frail: true,
                    });
                }
                (None, None) => {}
            }
            return reached;
        }
        reached.family = left;
        reached.is_born |= left.is_some();
        if !self.knows_rotations() {
            return reached;
        }
        let generation = |family: Option<Family>| family.map(|family| family.generation);
        match (generation(found), generation(left)) {
            (Some(from), Some(to)) if from != to => {
                let answered = entry.answered.as_ref();
                let between = answered.map(|(answered, _)| (entry.asked.at, answered.at));
                let between = between.filter(|_| self.spec.depends_on_time());
                reached.rotations.push(from, between);
            }
            (None, Some(_)) => reached.rotations = Rotations::none(),
            _ => {}
        }
        reached
    }

    /// A refresh whose reply was lost is sent again, and meets what others have done in between.
    fn resend(
        &self,
        before: &Configuration,
        question: usize,
        call: Call,
        left: Option<Family>,
        after: &mut Vec<Configuration>,
    ) {
        let entry = &self.entries[question];
        let is_refresh = matches!(entry.operation, Operation::Refresh { .. });
        let (Some(family), true, true) = (left, is_refresh, self.is_disturbed(entry)) else {
            return;
        };
        let reached = self.reached(before, entry, before.family, left, false);
        after.push(if before.loss.is_some() {
            // Which generation it was does not matter where any may come back.
            reached
        } else {
            reached.with(question, Progress::Resent(call, family.generation))
        });
    }

    /// The session as a trip has left it.
    fn left(&self, model: &Model) -> Option<Family> {
        model.families.get(&self.name).copied().map(normal)
    }

    /// Whether what nobody will hear of has no effect on a session, now or later.
    fn is_spent(&self, configuration: &Configuration, operation: &Operation) -> bool {
        let Some(family) = configuration.family else {
            return true;
        };
        let is_frail = configuration.loss.is_some_and(|loss| loss.frail);
        match operation {
            Operation::Refresh { token, .. } => {
                if token.generation >= family.generation {
                    return false;
                }
                let superseded = configuration.superseded(token.generation, family);
                let is_remembered = matches!(superseded, Superseded::Remembered(_));
                is_frail || self.spec.grace >= Spec::FOREVER && is_remembered
            }
            _ => is_frail,
        }
    }

    fn is_disturbed(&self, entry: &Entry) -> bool {
        let answered = entry.answered.as_ref().map(|(moment, _)| moment.at);
        self.disturbances.iter().any(|disturbance| {
            let begun = answered.is_none_or(|at| at >= disturbance.from.at);
            begun && entry.asked.at <= disturbance.until.at + AFTERMATH
        })
    }
}

/// How long after a fault what was held up may still arrive.
const AFTERMATH: Duration = Duration::from_secs(2);
