//! Filters that extract what the layer knows of a token request.

use std::future::ready;

use reissue::Parameters;
use reissue::client::AuthenticatedClient;
use warp::{Filter, Rejection, reject};

use crate::reject::MissingLayer;

/// Extracts the client that [`RefreshLayer`](reissue::RefreshLayer) has authenticated.
///
/// Rejects with [`MissingLayer`] where the layer is not in front.
#[must_use]
pub fn token_client() -> impl Filter<Extract = (AuthenticatedClient,), Error = Rejection> + Copy {
    extension()
}

/// Extracts the parameters that [`RefreshLayer`](reissue::RefreshLayer) has parsed: each at most
/// once, no secret of the client among them. The body is still there, byte for byte, for one filter
/// to take.
///
/// Rejects with [`MissingLayer`] where the layer is not in front.
#[must_use]
pub fn token_parameters() -> impl Filter<Extract = (Parameters,), Error = Rejection> + Copy {
    extension()
}

fn extension<T>() -> impl Filter<Extract = (T,), Error = Rejection> + Copy
where
    T: Clone + Send + Sync + 'static,
{
    warp::ext::optional().and_then(|extension: Option<T>| {
        ready(extension.ok_or_else(|| reject::custom(MissingLayer)))
    })
}
