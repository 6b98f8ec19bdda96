//! What Reissue promises, one module per subject.

mod axum;
mod client_authentication;
mod credentials;
mod other_grants;
mod request;
mod request_head;
mod secrets;
mod smoke;
mod token_server;
