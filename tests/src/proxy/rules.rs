//! What happens to which command.

use std::fmt;

use bytes::Bytes;

use super::command::Command;

/// What happens to a connection after a reply was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Afterwards {
    /// It is closed.
    Close,
    /// It stays open, and nothing is ever heard on it again.
    Silence,
}

/// What happens to a command, or to its reply.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// It does not reach the server; the client hears this instead.
    Reply(Bytes),
    /// It reaches the server twice; the client hears the first reply.
    Duplicate,
    /// It reaches the server; its reply does not reach the client.
    DropReply(Afterwards),
    /// Its reply reaches the client twice, so that all that follow are late by one.
    RepeatReply,
    /// Its reply comes after the one that should follow it.
    SwapReplies,
    /// Half of its reply reaches the client before the connection is closed.
    TruncateReply,
}

pub(super) type Picks = Box<dyn Fn(&Command) -> bool + Send>;

/// What was asked for, in the order in which it was.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    picks: Picks,
    fault: Fault,
    often: Often,
}

enum Often {
    Every { nth: usize, seen: usize },
    Once,
}

impl Rules {
    pub(super) fn once(&mut self, picks: Picks, fault: Fault) {
        self.push(picks, fault, Often::Once);
    }

    pub(super) fn every(&mut self, nth: usize, picks: Picks, fault: Fault) {
        self.push(picks, fault, Often::Every { nth, seen: 0 });
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault of the first rule whose turn it is.
    pub(super) fn judge(&mut self, command: &Command) -> Option<Fault> {
        let hit = self.0.iter_mut().position(|rule| rule.hits(command))?;
        let rule = &self.0[hit];
        let fault = rule.fault.clone();
        if matches!(rule.often, Often::Once) {
            self.0.remove(hit);
        }
        Some(fault)
    }

    fn push(&mut self, picks: Picks, fault: Fault, often: Often) {
        self.0.push(Rule {
            picks,
            fault,
            often,
        });
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|rule| &rule.fault))
            .finish()
    }
}

impl Rule {
    fn hits(&mut self, command: &Command) -> bool {
        if !(self.picks)(command) {
            return false;
        }
        match &mut self.often {
            Often::Every { nth, seen } => {
                *seen += 1;
                seen.is_multiple_of(*nth)
            }
            Often::Once => true,
        }
    }
}
