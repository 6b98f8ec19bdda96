//! HTTP in, HTTP out: bodies, forms, credentials, requests and responses.

mod body;
mod credentials;
mod document;
mod form;
mod head;
mod receive;
mod refresh_request;
mod response;

pub use self::body::{AnswerBody, RequestBody, ResponseBody};
pub use self::form::Parameters;

pub(crate) use self::body::{Received, read};
pub(crate) use self::document::{Document, READING, method_not_allowed, reads};
pub(crate) use self::head::check_head;
pub(crate) use self::receive::{BODY_LIMIT, authenticate, read_form, receive, token};
pub(crate) use self::response::{answer, granted, granted_in_place_of, introspected, revoked};
