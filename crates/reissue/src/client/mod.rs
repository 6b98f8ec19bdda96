//! Registered clients, their secrets, and their authentication.

mod auth_method;
mod authenticate;
mod authenticated;
mod checks;
#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod client;
mod credentials;
mod registry;
mod secret_verifier;
mod secrets;
mod settings;

pub use self::auth_method::AuthMethod;
pub use self::authenticated::AuthenticatedClient;
pub use self::client::Client;
pub use self::credentials::Credentials;
pub use self::registry::{ClientMap, Clients, ClientsError};
pub use self::secret_verifier::SecretVerifier;
#[cfg(feature = "argon2")]
pub use self::secrets::InvalidSecretHash;
pub use self::secrets::SecretHash;
pub use self::settings::{ClientStatus, IntrospectionAccess, SenderConstraint};

pub(crate) use self::authenticate::{Authenticator, Failure};
pub(crate) use self::registry::ErasedClients;

#[cfg(test)]
mod tests;
