//! A client with a generated secret, which it sends in the header.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use reissue::client::{AuthenticatedClient, Credentials};
use reissue::{Parameters, Server};
use reissue_tests::basic;

use super::Step;
use super::setup::{block_on, server};

pub(crate) struct Authenticate {
    server: Server,
    headers: HeaderMap,
    parameters: Parameters,
}

impl Default for Authenticate {
    fn default() -> Self {
        Self {
            server: server(),
            headers: HeaderMap::from_iter([(AUTHORIZATION, basic("web"))]),
            parameters: Parameters::parse(b"grant_type=refresh_token&refresh_token=any")
                .expect("the form is well-formed"),
        }
    }
}

impl Step for Authenticate {
    type Input = ();
    type Output = AuthenticatedClient;

    fn input(&self) {}

    fn run(&self, (): ()) -> AuthenticatedClient {
        let read = Credentials::read(&self.headers, &self.parameters);
        let credentials = read.expect("the header is well-formed");
        block_on(self.server.authenticate(credentials)).expect("the secret is right")
    }
}
