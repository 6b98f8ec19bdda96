//! The `[[clients]]` that may use the login page.

use super::SetupError;
use super::clients::scope;
use crate::authorize::{Registered, Registry};
use crate::config::ClientKeys;

/// Returns the enabled clients with redirect URIs, which are those with the grant type.
pub(super) fn registry(clients: &[ClientKeys]) -> Result<Registry, SetupError> {
    clients
        .iter()
        .enumerate()
        .filter(|(_, keys)| keys.enabled && !keys.redirect_uris.is_empty())
        .map(|(index, keys)| {
            let registered = Registered {
                name: keys.name.as_ref().unwrap_or(&keys.id).clone(),
                redirect_uris: keys.redirect_uris.clone(),
                scope: scope(index, keys)?,
            };
            Ok((keys.id.clone(), registered))
        })
        .collect()
}
