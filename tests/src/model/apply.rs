//! Whole operations, with whatever becomes of their trips.

use super::{Model, Operation, Outcome, Refusal, Step};
use crate::Fault;

impl Model {
    /// A whole operation, by a store that works.
    ///
    /// # Panics
    ///
    /// Never: a store that works responds.
    pub fn apply(&mut self, operation: Operation, now: u64) -> Outcome {
        let outcome = self.apply_with(operation, now, &[]);
        outcome.expect("a store that works responds")
    }

    /// A whole operation whose trips meet these faults, one after the other, and none after that.
    /// Nothing is answered if one of them hangs: whoever asked has gone by then.
    pub fn apply_with(
        &mut self,
        operation: Operation,
        now: u64,
        faults: &[Option<Fault>],
    ) -> Option<Outcome> {
        let mut faults = faults.iter();
        let mut step = self.begin(operation, now);
        loop {
            let call = match step {
                Step::Done(outcome) => return Some(outcome),
                Step::Trip(call) => call,
            };
            step = match faults.next().copied().flatten() {
                None => self.step(call, now),
                Some(Fault::Before) => return Some(UNAVAILABLE),
                Some(Fault::HangBefore) => return None,
                Some(Fault::After) => {
                    self.step(call, now);
                    return Some(UNAVAILABLE);
                }
                Some(Fault::HangAfter) => {
                    self.step(call, now);
                    return None;
                }
            };
        }
    }

    /// Everything that may come of an operation when the reply to any of its trips may be lost:
    /// what was answered if somebody was still there, and what there is afterwards. The first is
    /// what comes of it when nothing is lost.
    #[must_use]
    pub fn outcomes(&self, operation: Operation, now: u64) -> Vec<(Outcome, Self)> {
        let mut model = self.clone();
        let mut lost = vec![(UNAVAILABLE, model.clone())];
        let mut step = model.begin(operation, now);
        if matches!(step, Step::Done(_)) {
            lost.clear();
        }
        loop {
            let call = match step {
                Step::Done(outcome) => {
                    lost.insert(0, (outcome, model));
                    return lost;
                }
                Step::Trip(call) => call,
            };
            step = model.step(call, now);
            // What a trip that never arrived leaves is what the one before has left.
            let left = (UNAVAILABLE, model.clone());
            if lost.last() != Some(&left) {
                lost.push(left);
            }
        }
    }
}

const UNAVAILABLE: Outcome = Outcome::Refused(Refusal::Unavailable);
