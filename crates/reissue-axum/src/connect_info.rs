//! The address of clients, from axum's `ConnectInfo`.

mod future;

pub use self::future::ResponseFuture;

use std::net::SocketAddr;
use std::task::{Context, Poll};

use axum::extract::connect_info::{ConnectInfo, MockConnectInfo};
use axum_core::response::{IntoResponse, Response};
use http::{Extensions, Request, StatusCode};
use reissue::guessing::{AddressSource, ClientAddress};
use tower_layer::Layer;
use tower_service::Service;

/// A layer that inserts the [`ClientAddress`] into the extensions of every request, so that wrong
/// client secrets are [counted](reissue::guessing) and denials are reported with it.
///
/// It takes the address from [`ConnectInfo`], so the router must be served
/// [with it](axum::Router::into_make_service_with_connect_info):
///
/// ```
/// use std::net::SocketAddr;
///
/// use axum::Router;
/// use reissue::Server;
/// use reissue::guessing::AddressSource;
/// use reissue_axum::{ConnectInfoLayer, routes};
///
/// # fn app(server: Server) {
/// let app: Router = Router::new().merge(routes(server));
/// // Behind a proxy that appends to `X-Forwarded-For`: `AddressSource::XForwardedFor`.
/// let app = app.layer(ConnectInfoLayer::new(AddressSource::Connection));
/// let service = app.into_make_service_with_connect_info::<SocketAddr>();
/// // axum::serve(listener, service)
/// # drop(service);
/// # }
/// ```
///
/// If `ConnectInfo` is missing, the routes are set up wrongly, and the response is
/// [`MissingConnectInfo`].
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ConnectInfoLayer {
    source: AddressSource,
}

impl ConnectInfoLayer {
    /// Returns a layer that takes the address of a request from `source`.
    pub fn new(source: AddressSource) -> Self {
        Self { source }
    }
}

impl<S> Layer<S> for ConnectInfoLayer {
    type Service = WithConnectInfo<S>;

    fn layer(&self, inner: S) -> WithConnectInfo<S> {
        WithConnectInfo {
            inner,
            source: self.source,
        }
    }
}

/// A service that adds a [`ClientAddress`] to its requests. Made by [`ConnectInfoLayer`].
#[derive(Clone, Copy, Debug)]
pub struct WithConnectInfo<S> {
    inner: S,
    source: AddressSource,
}

impl<S, B> Service<Request<B>> for WithConnectInfo<S>
where
    S: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let Some(connection) = connection(request.extensions()) else {
            return ResponseFuture::missing(MissingConnectInfo.into_response());
        };
        let address = ClientAddress::of(connection.ip(), request.headers(), self.source);
        request.extensions_mut().insert(address);
        ResponseFuture::inner(self.inner.call(request))
    }
}

fn connection(extensions: &Extensions) -> Option<SocketAddr> {
    let served = extensions.get::<ConnectInfo<SocketAddr>>();
    let mocked = || extensions.get::<MockConnectInfo<SocketAddr>>();
    served
        .map(|ConnectInfo(address)| *address)
        .or_else(|| mocked().map(|MockConnectInfo(address)| *address))
}

/// The error of a router that is served without `ConnectInfo<SocketAddr>`, so that the addresses of
/// requests are unknown.
///
/// The response is the same as axum's for a missing `ConnectInfo`: `500` with this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no `ConnectInfo`: serve the router by `into_make_service_with_connect_info::<SocketAddr>()`"
)]
#[non_exhaustive]
pub struct MissingConnectInfo;

impl IntoResponse for MissingConnectInfo {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}
