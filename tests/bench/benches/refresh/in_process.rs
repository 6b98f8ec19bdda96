//! A whole refresh without a network: each presents the token that the one before it answered.

use std::hint::black_box;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use reissue::{RefreshEndpoint, RefreshRequest};
use tower::Service as _;

use crate::setup::{
    SUBJECT, block_on, client, endpoint, login, refresh_request, refresh_token, server,
};
use crate::stopwatch::Subject;

pub(crate) fn engine() -> Subject {
    let (server, client) = (server(), client());
    let mut token = login(&server, SUBJECT).refresh_token;
    Box::new(move |count| {
        for _ in 0..count {
            let presented = token.take().expect("the client rotates");
            let tokens = block_on(server.refresh(&client, RefreshRequest::new(presented)));
            token = tokens.expect("refreshed").refresh_token;
        }
    })
}

pub(crate) fn layer() -> Subject {
    let server = server();
    let mut token = first_token(&server);
    let mut endpoint = endpoint(server);
    Box::new(move |count| {
        for _ in 0..count {
            token = refresh_token(&call(&mut endpoint, refresh_request(&token)));
        }
    })
}

pub(crate) fn garbage() -> Subject {
    let mut endpoint = endpoint(server());
    Box::new(move |count| {
        for _ in 0..count {
            let request = refresh_request("v4.local.garbage");
            black_box(call(&mut endpoint, request));
        }
    })
}

/// How often one refresh through the layer allocates, building the request and reading the response
/// aside.
pub(crate) fn allocations() -> u64 {
    let server = server();
    let token = first_token(&server);
    let mut endpoint = endpoint(server);
    let request = refresh_request(&token);
    let mut response = None;
    let counted = allocation_counter::measure(|| {
        response = Some(block_on(endpoint.call(request)));
    });
    drop(response);
    counted.count_total
}

fn first_token(server: &reissue::Server) -> String {
    let token = login(server, SUBJECT).refresh_token;
    token.expect("the client may refresh").expose().to_owned()
}

fn call(endpoint: &mut RefreshEndpoint, request: Request<Full<Bytes>>) -> Bytes {
    let Ok(response) = block_on(endpoint.call(request));
    let Ok(body) = block_on(response.into_body().collect());
    body.to_bytes()
}
