//! Why a history cannot have happened.

use std::fmt;

use super::Entry;

/// Why a history is impossible, or that the search gave up.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refutation {
    /// What is wrong.
    pub what: &'static str,
    /// The response that no order explains.
    pub entry: Entry,
    /// What the session could have been before it, for people.
    pub states: Vec<String>,
    /// What happened to the session until then, the latest last.
    pub before: Vec<Entry>,
}

impl fmt::Display for Refutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.what, line(&self.entry))?;
        writeln!(f, "the session was one of these:")?;
        for state in self.states.iter().take(12) {
            writeln!(f, "  {state}")?;
        }
        writeln!(f, "before that:")?;
        for entry in &self.before {
            writeln!(f, "  {}", line(entry))?;
        }
        Ok(())
    }
}

impl std::error::Error for Refutation {}

fn line(entry: &Entry) -> String {
    let asked = entry.asked.at.as_millis();
    let operation = &entry.operation;
    match &entry.answered {
        Some((moment, response)) => {
            let answered = moment.at.as_millis();
            format!(
                "{asked}–{answered} ms {}: {response:?} to {operation:?}",
                entry.label
            )
        }
        None => format!("{asked} ms {}: nobody knows, to {operation:?}", entry.label),
    }
}
