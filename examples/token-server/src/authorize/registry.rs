//! The clients that may use the login page, and their redirect URIs.

use std::collections::HashMap;

use reissue::Scope;

use super::redirect::Redirect;
use crate::config::RedirectUri;

/// The clients that may use `authorization_code`.
#[derive(Debug, Default)]
pub(crate) struct Registry(HashMap<String, Registered>);

impl Registry {
    pub(super) fn find(&self, client_id: &str) -> Option<&Registered> {
        self.0.get(client_id)
    }
}

impl FromIterator<(String, Registered)> for Registry {
    fn from_iter<I>(clients: I) -> Self
    where
        I: IntoIterator<Item = (String, Registered)>,
    {
        Self(clients.into_iter().collect())
    }
}

/// A registered client.
#[derive(Debug)]
pub(crate) struct Registered {
    /// The name that people are shown.
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<RedirectUri>,
    /// Everything that the client may ask for.
    pub(crate) scope: Scope,
}

impl Registered {
    /// Returns a requested URI, if it is registered.
    pub(super) fn redirect(&self, requested: &str) -> Option<Redirect> {
        self.redirect_uris
            .iter()
            .any(|registered| registered.matches(requested))
            .then(|| Redirect::trusted(requested))
    }
}
