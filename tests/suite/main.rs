//! What Reissue promises, one module per subject.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, in its helpers too"
)]

mod access_tokens;
mod adapters;
mod allocations;
mod axum;
mod bearer;
mod cancellation;
mod client_authentication;
mod coming_from;
mod composition;
mod concurrent_requests;
mod contract;
mod credentials;
mod dependencies;
mod detection;
mod differential_parsing;
mod documents;
mod faults;
mod fuzz_corpus;
mod guessing;
mod healing;
mod hook;
mod introspected_lifetimes;
mod introspection;
mod invariants;
mod issuing;
mod key_rotation;
mod linearizability;
mod logs;
mod model;
mod other_grants;
mod passthrough;
mod policy;
mod races;
mod real_clients;
mod redemption;
mod redis_faults;
mod redis_store;
mod refresh_token;
mod refusal;
mod registry;
mod request;
mod request_head;
mod resent;
mod response_parameters;
mod restart;
mod revocation;
mod scope_and_resource;
mod secrets;
mod sender_constrained;
mod serving;
mod session_routes;
mod sessions;
mod token_server;
mod tokens;
mod tower;
mod warp;
