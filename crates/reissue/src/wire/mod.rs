//! Reading of requests and writing of responses. No other module does either.

#[cfg(feature = "issue")]
mod credentials;
#[cfg(feature = "issue")]
mod deny;
#[cfg(feature = "issue")]
mod document;
mod endpoint_body;
#[cfg(feature = "issue")]
mod form;
#[cfg(feature = "issue")]
mod handled;
#[cfg(feature = "issue")]
mod head;
#[cfg(feature = "issue")]
mod read_body;
#[cfg(feature = "issue")]
mod receive;
#[cfg(feature = "issue")]
mod refresh_request;
#[cfg(feature = "issue")]
mod request_body;
#[cfg(feature = "issue")]
mod response;
mod response_body;

pub use self::endpoint_body::EndpointBody;
#[cfg(feature = "issue")]
pub use self::form::Parameters;
#[cfg(feature = "issue")]
pub use self::request_body::RequestBody;
pub use self::response_body::ResponseBody;

#[cfg(feature = "issue")]
pub(crate) use self::deny::deny;
#[cfg(feature = "issue")]
pub(crate) use self::document::{Document, method_not_allowed};
#[cfg(feature = "issue")]
pub(crate) use self::handled::Handled;
#[cfg(feature = "issue")]
pub(crate) use self::head::check_head;
#[cfg(feature = "issue")]
pub(crate) use self::read_body::{ReadBody, ReceivedBody};
#[cfg(feature = "issue")]
pub(crate) use self::receive::{BODY_LIMIT, ClientForm, Received, receive};
#[cfg(feature = "issue")]
pub(crate) use self::response::{granted, in_place_of, introspected, json, revoked, unavailable};
