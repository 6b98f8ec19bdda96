//! What a filter says when there is nothing to extract.

use warp::reject::Reject;

/// The route is not behind [`RefreshLayer`](reissue::RefreshLayer), so nobody has authenticated the client.
///
/// It is a mistake of whoever wired the routes. Unless a `recover` finds it, warp answers `500`. Behind the layer it does
/// not occur on the token route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no client was authenticated: put `reissue::RefreshLayer` around this route")]
#[non_exhaustive]
pub struct MissingLayer;

impl Reject for MissingLayer {}
