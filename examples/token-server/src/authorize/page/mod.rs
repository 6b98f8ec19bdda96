//! The pages that people see: the login form, and why there is none.
//!
//! ```text
//! brand ─▶ pages ─┬─ login ───┐
//!                 └─ refusal ─┴─▶ frame ─▶ response
//! ```
//!
//! They work without JavaScript, load nothing, and look the same everywhere: one style sheet in the
//! page, allowed by its hash, and the logo as a `data:` URL.

mod brand;
mod escape;
mod frame;
mod headers;
mod login;
mod pages;

pub(super) use self::headers::forbid_traces;
pub(super) use self::login::{Alert, Login};

pub(crate) use self::brand::{Brand, Logo, Palette};
pub(crate) use self::pages::Pages;
