//! HTTP in, HTTP out: the only room that reads requests and writes responses.

mod credentials;
mod deny;
mod document;
mod endpoint_body;
mod form;
mod handled;
mod head;
mod read_body;
mod receive;
mod refresh_request;
mod request_body;
mod response;
mod response_body;

pub use self::endpoint_body::EndpointBody;
pub use self::form::Parameters;
pub use self::request_body::RequestBody;
pub use self::response_body::ResponseBody;

pub(crate) use self::deny::deny;
pub(crate) use self::document::{Document, READING, method_not_allowed, reads};
pub(crate) use self::handled::Handled;
pub(crate) use self::head::check_head;
pub(crate) use self::read_body::{ReadBody, ReceivedBody};
pub(crate) use self::receive::{BODY_LIMIT, ClientForm, Received, receive};
pub(crate) use self::response::{granted, in_place_of, introspected, json, revoked, unavailable};
