//! Filters for handlers of token requests.

use std::future::ready;

use reissue::Parameters;
use reissue::client::AuthenticatedClient;
use warp::{Filter, Rejection, reject};

use crate::reject::MissingLayer;

/// Returns a filter that extracts the client that [`RefreshLayer`](reissue::RefreshLayer) has
/// authenticated.
///
/// Rejects with [`MissingLayer`] where the layer is not in front.
#[must_use]
pub fn token_client() -> impl Filter<Extract = (AuthenticatedClient,), Error = Rejection> + Copy {
    extension()
}

/// Returns a filter that extracts the parameters that [`RefreshLayer`](reissue::RefreshLayer) has
/// parsed: each at most once, and no secret of the client among them. The body is still available,
/// unchanged, for one filter to take.
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
