//! The refresh request in the parameters of a request. Pure functions.

use super::Parameters;
use crate::denial::Denial;
use crate::secret::RefreshToken;
use crate::server::RefreshRequest;

impl RefreshRequest {
    /// Reads a request from its parameters.
    ///
    /// # Errors
    ///
    /// `invalid_request` without `refresh_token`; `invalid_scope` and `invalid_target` for a scope
    /// or a resource that is malformed.
    pub fn read(parameters: &Parameters) -> Result<Self, Denial> {
        let token = parameters.require("refresh_token")?;
        let scope = parameters.get("scope").map(str::parse).transpose();
        let resource = parameters.get("resource").map(str::parse).transpose();
        Ok(Self {
            token: RefreshToken::new(token),
            scope: scope.map_err(|_| Denial::ScopeMalformed)?,
            resource: resource.map_err(|_| Denial::ResourceMalformed)?,
            confirmation: None,
        })
    }
}

#[cfg(test)]
mod tests;
