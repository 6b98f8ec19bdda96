//! The authorization endpoint (RFC 6749 §3.1): a login page, and codes with PKCE.
//!
//! ```text
//! GET: query → request → (pending, browser) → page
//! POST: form → (pending, browser) → logins → code → redirect
//! token endpoint: code → grant
//! ```
//!
//! Nothing is kept between the steps. The request is sealed in the form, and the grant is sealed in
//! the code. A code is used once by
//! [`Grant::with_single_use_id`](reissue::Grant::with_single_use_id).
//!
//! There is no page for consent, because the operator registers every client. No login is
//! remembered either, so no application gets a code without the user.

mod browser;
mod callback;
mod code;
mod endpoint;
mod page;
mod pkce;
mod redirect;
mod registry;
mod request;
mod sealer;

pub(crate) use self::code::Codes;
pub(crate) use self::endpoint::{Authorize, log_in, show};
pub(crate) use self::page::{Brand, Logo, Pages, Palette};
pub(crate) use self::registry::{Registered, Registry};
