//! Commands on their way to the server, and how a test picks one.

use std::fmt;

use bytes::Bytes;

use crate::resp::Value;

/// A command on its way to the server.
#[derive(Clone)]
pub struct Command {
    name: String,
    args: Vec<Bytes>,
}

impl Command {
    /// Its name, in upper case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What follows the name.
    #[must_use]
    pub fn args(&self) -> &[Bytes] {
        &self.args
    }

    /// What it runs, where it runs something: the text of an `EVAL`, the SHA-1 of an `EVALSHA`, the
    /// name of an `FCALL`.
    #[must_use]
    pub fn script(&self) -> Option<&[u8]> {
        let runs = [
            "EVAL",
            "EVALSHA",
            "EVALSHA_RO",
            "EVAL_RO",
            "FCALL",
            "FCALL_RO",
        ];
        if !runs.contains(&self.name()) {
            return None;
        }
        self.args.first().map(|script| &script[..])
    }

    pub(super) fn parse(value: &Value) -> Option<Self> {
        let mut words = value.elements().iter().filter_map(|word| match word {
            Value::Text(word) => Some(word.clone()),
            _ => None,
        });
        let name = words.next()?;
        Some(Self {
            name: String::from_utf8_lossy(&name).to_uppercase(),
            args: words.collect(),
        })
    }

    /// Whether what follows on its connection is no longer commands and replies.
    pub(super) fn ends_framing(&self) -> bool {
        ["MONITOR", "PSYNC", "SYNC"].contains(&self.name())
    }
}

/// Without its arguments, which may be secret.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Command")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Picks every command.
#[must_use]
pub fn any(_: &Command) -> bool {
    true
}

/// Picks the commands of this name, upper or lower case.
pub fn named(name: &str) -> impl Fn(&Command) -> bool + Send + 'static {
    let name = name.to_uppercase();
    move |command| command.name() == name
}

/// Picks the commands that run a script whose text, SHA-1 or name begins like this.
pub fn script(start: impl AsRef<[u8]>) -> impl Fn(&Command) -> bool + Send + 'static {
    let start = start.as_ref().to_vec();
    move |command| {
        command
            .script()
            .is_some_and(|script| script.starts_with(&start))
    }
}
