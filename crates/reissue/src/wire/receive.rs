//! The one place where endpoints receive forms from clients.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http_body::Body;

use super::read_body::ReadBody;
use super::{Parameters, check_head};
use crate::client::{AuthenticatedClient, Credentials};
use crate::denial::Denial;
use crate::event::Requester;
use crate::grant::GrantType;
use crate::guessing::ClientAddress;
use crate::server::{Server, ServerError};

/// The largest body that is read, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// What is known of a request so far, for the event if it is denied.
#[derive(Debug, Default)]
pub(crate) struct Received {
    client: Option<AuthenticatedClient>,
    /// Only a grant type that the client may use: any other is unchecked input.
    pub(crate) grant_type: Option<GrantType>,
    address: Option<ClientAddress>,
}

/// A form of an authenticated client.
#[derive(Debug)]
pub(crate) struct ClientForm {
    pub(crate) client: AuthenticatedClient,
    pub(crate) parameters: Parameters,
}

/// Receives a form: the head, the body, the parameters, the client, in this order, each checked
/// before the next is read.
pub(crate) async fn receive<B>(
    server: &Server,
    head: &mut Parts,
    body: B,
    limit: usize,
    received: &mut Received,
) -> Result<ClientForm, ServerError>
where
    B: Body<Data = Bytes>,
{
    received.head(head)?;
    let body = ReadBody::new(body, limit).await?;
    let parameters = Parameters::parse(&body.data)?;
    received.client(server, head, parameters).await
}

/// The steps of [`receive`], for a service that must do something between them.
impl Received {
    /// Checks the head (RFC 6749 §3.2).
    pub(crate) fn head(&mut self, head: &Parts) -> Result<(), Denial> {
        self.address = head.extensions.get::<ClientAddress>().copied();
        check_head(&head.method, &head.headers)
    }

    /// Authenticates the client (RFC 6749 §2.3).
    pub(crate) async fn client(
        &mut self,
        server: &Server,
        head: &mut Parts,
        parameters: Parameters,
    ) -> Result<ClientForm, ServerError> {
        if let Some(authorization) = head.headers.get_mut(AUTHORIZATION) {
            authorization.set_sensitive(true);
        }
        let credentials = Credentials::read(&head.headers, &parameters)
            .map_err(ServerError::unreadable_credentials)?;
        let credentials = credentials.with_address(self.address);
        let client = server.try_authenticate(credentials).await?;
        self.client = Some(client.clone());
        Ok(ClientForm { client, parameters })
    }

    pub(crate) fn requester(&self) -> Requester<'_> {
        Requester {
            client: self.client.as_ref().map(|client| client.id()),
            grant_type: self.grant_type.as_ref().map(GrantType::as_str),
            address: self.address,
        }
    }
}
