//! Serving connections with a bound on everything that a peer can delay or fill.

mod accept;
mod activity;
mod connection;
mod deadline;
mod http_server;
mod io;
mod listener;
mod request_body;
mod response_body;
mod service;

pub use self::accept::Stopped;
pub use self::http_server::HttpServer;
pub use self::listener::Listener;
pub use self::request_body::{BodyTimeout, RequestBody};
