//! The real middleware on hyper, without the router, the time-outs and the log of a whole server.

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use reissue::client::{Client, ClientMap};
use reissue::store::MemoryStore;
use reissue::{
    Denial, Grant, GrantType, Keys, Parameters, RefreshLayer, RequestBody, ResponseBody, Server,
};
use reissue_redis::RedisStore;
use tower::{Layer as _, service_fn};

use crate::serve::Responds;

/// A hyper service; the public client `load` may log anybody in.
pub(crate) fn service(
    redis: Option<String>,
) -> Result<impl Responds<ResponseBody<BoxBody<Bytes, Infallible>>>, Box<dyn Error>> {
    let client = Client::public("load").with_grant_types([GrantType::PASSWORD]);
    let (keys, clients) = (Keys::generate(), ClientMap::new([client])?);
    let server = match redis {
        Some(url) => {
            let store = RedisStore::builder(url).build()?;
            Server::builder(ISSUER, keys, clients, store).build()?
        }
        None => Server::builder(ISSUER, keys, clients, MemoryStore::new()).build()?,
    };
    let service = RefreshLayer::new(server).layer(service_fn(log_in));
    Ok(TowerToHyperService::new(service))
}

async fn log_in(
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    let parameters = request.extensions().get::<Parameters>();
    let Some(username) = parameters.and_then(|parameters| parameters.get("username")) else {
        return Ok(Denial::GrantRejected.to_response());
    };
    let scope = "openid read write".parse().expect("a well-formed scope");
    let mut response = Response::new(BoxBody::default());
    response
        .extensions_mut()
        .insert(Grant::new(username).with_scope(scope));
    Ok(response)
}

const ISSUER: &str = "https://id.example";
