//! Reissue.
mod body;
mod claims;
pub mod client;
mod clock;
mod config;
mod denial;
mod endpoint;
pub mod event;
mod form;
mod future;
mod grant;
pub mod hook;
pub mod judge;
pub mod key;
mod layer;
mod policy;
mod receive;
mod request;
mod response;
mod scope;
mod secret;
mod server;
mod service;
mod standalone;
pub mod store;
pub mod token;

pub use crate::body::{AnswerBody, RequestBody, ResponseBody};
pub use crate::claims::{Claim, Claims, ReservedClaim};
pub use crate::clock::{Clock, SystemClock, Timestamp};
pub use crate::config::ConfigError;
pub use crate::denial::{Denial, ErrorCode};
pub use crate::endpoint::{EndpointFuture, IntrospectionEndpoint, RevocationEndpoint};
pub use crate::form::Parameters;
pub use crate::future::ResponseFuture;
pub use crate::grant::{Confirmation, Grant, InvalidResource, Resource};
pub use crate::layer::RefreshLayer;
pub use crate::policy::{KeepAnswer, Lifetime, OnReuse, Policy, Rotation};
pub use crate::request::RefreshRequest;
pub use crate::scope::{InvalidScope, Scope};
pub use crate::secret::{AccessToken, ClientSecret, RefreshToken};
pub use crate::server::{
    ActiveToken, Introspection, Keys, Server, ServerBuilder, Session, TokenType, Tokens,
};
pub use crate::service::Refresh;
pub use crate::standalone::NoOtherGrants;
pub use crate::store::Sid;
