//! `BearerToken`: an extractor of the verified token.

use std::ops::Deref;

use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use reissue::bearer::{AccessDenied, VerifiedToken};

use crate::reject::BearerRejection;

/// An extractor of the [`VerifiedToken`] that [`BearerLayer`](reissue::bearer::BearerLayer) has
/// verified.
///
/// ```
/// use axum::Router;
/// use axum::routing::get;
/// use reissue::bearer::BearerLayer;
/// use reissue_axum::{BearerRejection, BearerToken};
///
/// async fn whoami(BearerToken(token): BearerToken) -> String {
///     token.subject
/// }
///
/// // A rule that depends on the request. `?` responds with `403` and `insufficient_scope`.
/// async fn rename(token: BearerToken, name: String) -> Result<String, BearerRejection> {
///     if name.starts_with("admin") {
///         token.require_scope(&"admin".parse().expect("one word is a scope"))?;
///     }
///     Ok(name)
/// }
///
/// // A route that also serves requests without a token.
/// async fn greet(token: Option<BearerToken>) -> String {
///     token.map_or_else(|| "Hello!".to_owned(), |token| format!("Hello, {}!", token.subject))
/// }
///
/// fn app(bearer: &BearerLayer) -> Router {
///     Router::new()
///         .route("/whoami", get(whoami).put(rename).layer(bearer.clone()))
///         .route("/", get(greet).layer(bearer.clone().with_optional_token()))
/// }
/// ```
///
/// To require a scope, give the route a layer with `bearer.clone().with_scope(…)`, or let the
/// handler take a [`ScopedToken`](crate::ScopedToken).
///
/// # Rejection
///
/// Behind a layer [with an optional token](reissue::bearer::BearerLayer::with_optional_token), a
/// request without one is rejected with the layer's `401`. As `Option<BearerToken>` it is `None`
/// there. If the layer is missing, both reject with [`BearerRejection::MissingLayer`], so that a
/// route that was left unprotected by mistake is noticed.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct BearerToken(pub VerifiedToken);

impl Deref for BearerToken {
    type Target = VerifiedToken;

    fn deref(&self) -> &VerifiedToken {
        &self.0
    }
}

impl<S> FromRequestParts<S> for BearerToken
where
    S: Send + Sync,
{
    type Rejection = BearerRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, BearerRejection> {
        verified(parts).cloned().map(Self)
    }
}

impl<S> OptionalFromRequestParts<S> for BearerToken
where
    S: Send + Sync,
{
    type Rejection = BearerRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, BearerRejection> {
        match verified(parts) {
            Ok(token) => Ok(Some(Self(token.clone()))),
            Err(BearerRejection::Denied(_)) => Ok(None),
            Err(missing) => Err(missing),
        }
    }
}

/// Returns the token that the layer has inserted into the extensions.
pub(super) fn verified(parts: &Parts) -> Result<&VerifiedToken, BearerRejection> {
    let token = parts.extensions.get::<VerifiedToken>();
    token.ok_or_else(|| match parts.extensions.get::<AccessDenied>() {
        // The layer passes requests without a token on, and this handler requires one.
        Some(denied) => denied.clone().into(),
        None => BearerRejection::MissingLayer,
    })
}
