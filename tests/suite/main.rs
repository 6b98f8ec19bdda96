//! What Reissue promises, one module per subject.

mod access_tokens;
mod axum;
mod cancellation;
mod client_authentication;
mod concurrency;
mod credentials;
mod hook;
mod introspection;
mod issuing;
mod other_grants;
mod passthrough;
mod policy;
mod refresh_token;
mod refusal;
mod registry;
mod request;
mod request_head;
mod revocation;
mod scope_and_resource;
mod secrets;
mod sender_constrained;
mod sessions;
mod smoke;
mod token_server;
mod tokens;
mod tower;
