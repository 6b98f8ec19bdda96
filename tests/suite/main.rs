//! What Reissue promises, one module per subject.

mod axum;
mod smoke;
mod token_server;
