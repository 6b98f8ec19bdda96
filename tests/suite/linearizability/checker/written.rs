//! Histories written by hand.

use std::time::Duration;

use reissue::store::Revision;
use reissue_tests::history::{Disturbance, Entry, Moment, Refutation, Response, Spec, check};
use reissue_tests::model::{Name, Operation, Party, Scopes, Token, Wording};

/// A history written by hand; times are milliseconds.
pub(super) struct Written {
    pub(super) entries: Vec<Entry>,
    disturbances: Vec<Disturbance>,
}

pub(super) struct Writing<'a> {
    entry: &'a mut Entry,
}

impl Written {
    pub(super) fn new() -> Self {
        Self {
            entries: Vec::new(),
            disturbances: Vec::new(),
        }
    }

    pub(super) fn write(&mut self, operation: Operation) -> Writing<'_> {
        self.entries.push(Entry {
            label: "by hand",
            operation,
            asked: moment(0),
            answered: None,
        });
        Writing {
            entry: self.entries.last_mut().expect("it was just written"),
        }
    }

    pub(super) fn login(&mut self) {
        let operation = Operation::Login {
            family: NAME,
            scopes: ALL,
        };
        self.write(operation).at(1, 2).answers(0);
    }

    pub(super) fn refresh(&mut self, generation: u64) -> Writing<'_> {
        self.write(Operation::Refresh {
            token: token(generation),
            by: Party::Owner,
            scopes: None,
        })
    }

    pub(super) fn introspect(&mut self, generation: u64) -> Writing<'_> {
        self.write(Operation::Introspect {
            token: token(generation),
            by: Party::Owner,
        })
    }

    pub(super) fn revoke(&mut self) -> Writing<'_> {
        self.write(Operation::RevokeSession { family: NAME })
    }

    pub(super) fn list(&mut self) -> Writing<'_> {
        self.write(Operation::Sessions { subject: 0 })
    }

    pub(super) fn amend(&mut self, scopes: Scopes) -> Writing<'_> {
        self.write(Operation::Amend {
            family: NAME,
            scopes,
        })
    }

    pub(super) fn disturbed(&mut self, from: u64, until: u64, loses_writes: bool) {
        self.disturbances.push(Disturbance {
            from: moment(from),
            until: moment(until),
            loses_writes,
        });
    }

    pub(super) fn check(&self, grace: Duration) -> Result<usize, Box<Refutation>> {
        self.check_with(Spec::new(grace, WORDING))
    }

    pub(super) fn check_with(&self, spec: Spec) -> Result<usize, Box<Refutation>> {
        check(&self.entries, &self.disturbances, |_| spec)
    }

    pub(super) fn is_explained(&self, grace: Duration) {
        match self.check(grace) {
            Ok(sessions) => assert_eq!(sessions, 1),
            Err(refutation) => panic!("{refutation}"),
        }
    }

    /// Sets the response and its time.
    pub(super) fn is_refuted(&self, grace: Duration, at: u64) {
        let refutation = self.check(grace).expect_err("it cannot have happened");
        let (answered, _) = refutation.entry.answered.as_ref().expect("a response");
        assert_eq!(answered.at, Duration::from_millis(at), "{refutation}");
    }
}

impl Writing<'_> {
    pub(super) fn at(self, asked: u64, answered: u64) -> Self {
        self.entry.asked = moment(asked);
        self.entry.answered = Some((moment(answered), Response::Revoked));
        self
    }

    pub(super) fn is(self, response: Response) {
        let (moment, _) = self.entry.answered.take().expect("`at` comes before");
        self.entry.answered = Some((moment, response));
    }

    pub(super) fn answers(self, generation: u64) {
        self.is(Response::Tokens {
            generation,
            revision: Revision::ORIGINAL,
            sealed: ALL,
            scopes: ALL,
        });
    }

    pub(super) fn nobody_hears(self) {
        self.entry.answered = None;
    }
}

pub(super) fn token(generation: u64) -> Token {
    Token {
        family: NAME,
        generation,
        revision: Revision::ORIGINAL,
        scopes: ALL,
        issued_at: 0,
        expires_at: None,
    }
}

fn moment(millis: u64) -> Moment {
    Moment {
        order: millis,
        at: Duration::from_millis(millis),
    }
}

/// How the grants of these histories are written.
pub(super) const WORDING: Wording = Wording {
    client: "by-hand",
    words: &["read", "write"],
};
pub(super) const NAME: Name = Name { subject: 0, sid: 7 };
pub(super) const ALL: Scopes = 0b11;
pub(super) const READ: Scopes = 0b01;
pub(super) const PATIENT: Duration = Spec::FOREVER;
pub(super) const STRICT: Duration = Duration::ZERO;
