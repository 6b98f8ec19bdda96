//! Receiving a form from a client: the first steps of every endpoint.

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http_body::Body;

use super::{Parameters, Received, check_head, read};
use crate::client::{AuthenticatedClient, Credentials};
use crate::denial::Denial;
use crate::event::ClaimedClient;
use crate::guessing::ClientAddress;
use crate::server::Server;

/// A body of more bytes is not read.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// Reads a body and decodes the form in it; the head was checked.
pub(crate) async fn read_form<B>(
    server: &Server,
    body: B,
    limit: usize,
) -> Result<(Parameters, Received), Denial>
where
    B: Body<Data = Bytes>,
{
    let form = async {
        let received = read(body, limit).await?;
        Ok((Parameters::parse(&received.data)?, received))
    };
    form.await.map_err(|denial| server.refused(None, denial))
}

/// Authenticates the client that sent a form (RFC 6749 §2.3).
pub(crate) async fn authenticate(
    server: &Server,
    head: &mut Parts,
    parameters: &Parameters,
) -> Result<AuthenticatedClient, Denial> {
    if let Some(authorization) = head.headers.get_mut(AUTHORIZATION) {
        authorization.set_sensitive(true);
    }
    let address = head.extensions.get::<ClientAddress>().copied();
    let credentials = Credentials::read(&head.headers, parameters)
        .map_err(|denial| server.unauthenticated(ClaimedClient::Unreadable, denial, address))?;
    let credentials = credentials.with_address(address);
    server.authenticate(credentials).await
}

pub(crate) async fn receive<B>(
    server: &Server,
    request: Request<B>,
) -> Result<(AuthenticatedClient, Parameters), Denial>
where
    B: Body<Data = Bytes>,
{
    let (mut head, body) = request.into_parts();
    check_head(&head.method, &head.headers).map_err(|denial| server.refused(None, denial))?;
    let (parameters, _) = read_form(server, body, BODY_LIMIT).await?;
    let client = authenticate(server, &mut head, &parameters).await?;
    Ok((client, parameters))
}

pub(crate) fn token(parameters: &Parameters) -> Result<&str, Denial> {
    parameters
        .get("token")
        .ok_or(Denial::ParameterMissing("token"))
}
