//! `ScopedToken`: an extractor of a token with a required scope.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use axum_core::extract::FromRequestParts;
use http::request::Parts;
use reissue::Scope;
use reissue::bearer::VerifiedToken;

use super::token::verified;
use crate::reject::BearerRejection;

/// An extractor of the [`VerifiedToken`] of a request that requires the scope `R`.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use reissue::bearer::BearerLayer;
/// use reissue_axum::{RequiredScope, ScopedToken};
///
/// struct Read;
///
/// impl RequiredScope for Read {
///     const SCOPE: &str = "read";
/// }
///
/// struct Write;
///
/// impl RequiredScope for Write {
///     const SCOPE: &str = "read write";
/// }
///
/// async fn list(token: ScopedToken<Read>) -> String {
///     format!("what {} may read", token.subject)
/// }
///
/// async fn add(token: ScopedToken<Write>, item: String) -> String {
///     format!("{item} of {}", token.subject)
/// }
///
/// fn app(bearer: &BearerLayer) -> Router {
///     Router::new()
///         .route("/items", get(list).post(add))
///         .layer(bearer.clone())
/// }
/// ```
///
/// # Rejection
///
/// A token that lacks a part of the scope is rejected with `403`, `insufficient_scope`, the scope
/// and the realm of the layer (RFC 6750 §3.1); for other rejections see
/// [`BearerToken`](crate::BearerToken).
pub struct ScopedToken<R> {
    token: VerifiedToken,
    required: PhantomData<fn() -> R>,
}

/// A scope that a handler requires: one or more scope tokens, separated by single spaces. See
/// [`ScopedToken`] for an example.
///
/// A text that is no scope is a compile error where it is used:
///
/// ```compile_fail,E0080
/// # use reissue_axum::{RequiredScope, ScopedToken};
/// struct Misspelt;
///
/// impl RequiredScope for Misspelt {
///     const SCOPE: &str = "read,write \"";
/// }
///
/// async fn list(token: ScopedToken<Misspelt>) {}
///
/// let route: axum::routing::MethodRouter = axum::routing::get(list);
/// ```
pub trait RequiredScope: 'static {
    /// The scope (RFC 6749 §3.3).
    const SCOPE: &str;
}

impl<R> ScopedToken<R> {
    /// Returns the token.
    #[must_use]
    pub fn into_inner(self) -> VerifiedToken {
        self.token
    }
}

impl<R> Deref for ScopedToken<R> {
    type Target = VerifiedToken;

    fn deref(&self) -> &VerifiedToken {
        &self.token
    }
}

impl<R, S> FromRequestParts<S> for ScopedToken<R>
where
    R: RequiredScope,
    S: Send + Sync,
{
    type Rejection = BearerRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, BearerRejection> {
        const { assert!(is_scope(R::SCOPE), "SCOPE is not a scope") }
        let token = verified(parts)?;
        // Parsed only for a denial, which allocates.
        if !R::SCOPE.split(' ').all(|one| token.scope.contains(one)) {
            let required: Scope = R::SCOPE.parse().unwrap_or_default();
            token.require_scope(&required)?;
        }
        Ok(Self {
            token: token.clone(),
            required: PhantomData,
        })
    }
}

impl<R> Clone for ScopedToken<R> {
    fn clone(&self) -> Self {
        Self {
            token: self.token.clone(),
            required: PhantomData,
        }
    }
}

impl<R> fmt::Debug for ScopedToken<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ScopedToken").field(&self.token).finish()
    }
}

/// Returns whether a text is `scope = scope-token *( SP scope-token )`, with
/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )`.
const fn is_scope(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut after_space = true;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' if after_space => return false,
            b' ' => after_space = true,
            0x21 | 0x23..=0x5B | 0x5D..=0x7E => after_space = false,
            _ => return false,
        }
        at += 1;
    }
    !after_space
}
