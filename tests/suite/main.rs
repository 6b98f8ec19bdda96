//! What Reissue promises, one module per subject.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, in its helpers too"
)]

mod access_tokens;
mod axum;
mod cancellation;
mod client_authentication;
mod concurrent_requests;
mod credentials;
mod dependencies;
mod faults;
mod healing;
mod hook;
mod introspected_lifetimes;
mod introspection;
mod invariants;
mod issuing;
mod logs;
mod model;
mod other_grants;
mod passthrough;
mod policy;
mod races;
mod refresh_token;
mod refusal;
mod registry;
mod request;
mod request_head;
mod resent;
mod restart;
mod revocation;
mod scope_and_resource;
mod secrets;
mod sender_constrained;
mod sessions;
mod smoke;
mod token_server;
mod tokens;
mod tower;
