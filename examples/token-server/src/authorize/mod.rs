//! The authorization endpoint (RFC 6749 §3.1): a login page, and codes with PKCE for what was agreed to there.
//!
//! ```text
//! GET: query → request → (pending, browser) → page
//! POST: form → (pending, browser) → logins → code → redirect            token endpoint: code → grant
//! ```
//!
//! Nothing is kept between the steps. What the user was asked travels sealed in the form, what the user agreed to sealed
//! in the code; that a code is used once is up to [`Grant::with_single_use_id`](reissue::Grant::with_single_use_id).
//!
//! Whoever logs in agrees: there is no page that asks for consent, because the operator knows every client here. There is
//! no login that is remembered either, so no application gets a code behind the user's back.

mod answer;
mod browser;
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
