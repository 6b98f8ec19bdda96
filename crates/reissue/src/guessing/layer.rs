//! A layer that adds the address of the connection to each request.

use std::net::IpAddr;
use std::task::{Context, Poll};

use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use super::{AddressSource, ClientAddress};

/// A layer that inserts the [`ClientAddress`] into the extensions of every request on one
/// connection.
///
/// Build one for each connection, where its address is known, and wrap all other layers with it:
///
/// ```
/// use std::net::SocketAddr;
/// use reissue::guessing::{AddressSource, ClientAddressLayer};
/// use tower::Layer;
///
/// # fn serve<S: Clone>(app: &S, peer: SocketAddr) {
/// // For each connection that the listener accepts from `peer`:
/// let service = ClientAddressLayer::new(peer.ip(), AddressSource::Connection).layer(app.clone());
/// # drop(service);
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct ClientAddressLayer {
    connection: IpAddr,
    source: AddressSource,
}

impl ClientAddressLayer {
    /// Returns the layer for a connection from `connection`.
    pub fn new(connection: IpAddr, source: AddressSource) -> Self {
        Self { connection, source }
    }
}

impl<S> Layer<S> for ClientAddressLayer {
    type Service = WithClientAddress<S>;

    fn layer(&self, inner: S) -> WithClientAddress<S> {
        WithClientAddress {
            inner,
            layer: *self,
        }
    }
}

/// A service that adds a [`ClientAddress`] to its requests. Made by [`ClientAddressLayer`].
#[derive(Clone, Copy, Debug)]
pub struct WithClientAddress<S> {
    inner: S,
    layer: ClientAddressLayer,
}

impl<S, B> Service<Request<B>> for WithClientAddress<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        let ClientAddressLayer { connection, source } = self.layer;
        let address = ClientAddress::of(connection, request.headers(), source);
        request.extensions_mut().insert(address);
        self.inner.call(request)
    }
}
