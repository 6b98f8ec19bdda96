//! Extractors for handlers of token requests.

use axum_core::extract::FromRequestParts;
use http::request::Parts;
use reissue::Parameters;
use reissue::client::AuthenticatedClient;

use crate::reject::MissingLayer;

/// An extractor of the client that [`RefreshLayer`](reissue::RefreshLayer) has authenticated.
///
/// Rejects with [`MissingLayer`] where the layer is not in front.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct TokenClient(pub AuthenticatedClient);

impl<S> FromRequestParts<S> for TokenClient
where
    S: Send + Sync,
{
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        extension(parts).map(Self)
    }
}

/// An extractor of the parameters that [`RefreshLayer`](reissue::RefreshLayer) has parsed: each at
/// most once, and no secret of the client among them. The body is still available, unchanged.
///
/// Rejects with [`MissingLayer`] where the layer is not in front.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "complete by definition")]
pub struct TokenParameters(pub Parameters);

impl<S> FromRequestParts<S> for TokenParameters
where
    S: Send + Sync,
{
    type Rejection = MissingLayer;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingLayer> {
        extension(parts).map(Self)
    }
}

fn extension<T>(parts: &Parts) -> Result<T, MissingLayer>
where
    T: Clone + Send + Sync + 'static,
{
    parts.extensions.get().cloned().ok_or(MissingLayer)
}
