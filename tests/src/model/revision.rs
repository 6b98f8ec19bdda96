//! The names of grants.

use reissue::store::Revision;

use super::Scopes;

/// How the grants of a test are written, which decides how their revisions are named.
///
/// A name is all that the model takes from the engine: both must call the same grant by the same
/// name, and the name of a grant is a digest of how it is written, and of all grants before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Wording {
    /// The client that everything is granted to.
    pub client: &'static str,
    /// The scope of each bit.
    pub words: &'static [&'static str],
}

impl Wording {
    /// What follows this revision when these scopes are granted instead.
    #[must_use]
    pub fn revision_after(self, revision: Revision, scopes: Scopes) -> Revision {
        let scope = self.scope(scopes);
        let client = self.client;
        let details = match scope.as_str() {
            "" => format!(r#"{{"c":"{client}"}}"#),
            scope => format!(r#"{{"c":"{client}","p":"{scope}"}}"#),
        };
        revision.next(details.as_bytes())
    }

    /// The scopes in words.
    #[must_use]
    pub fn scope(self, scopes: Scopes) -> String {
        let words = self.words.iter().enumerate();
        let chosen: Vec<&str> = words
            .filter(|(bit, _)| scopes & (1 << bit) != 0)
            .map(|(_, word)| *word)
            .collect();
        chosen.join(" ")
    }
}
