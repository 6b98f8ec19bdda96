//! A refresh with nothing but what nobody can do without.

use std::error::Error;
use std::sync::Arc;

use aws_lc_rs::rand;
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;

use crate::form::refresh_token;
use crate::serve::{Responds, respond};
use crate::store::Store;
use crate::tokens::{Family, Tokens};

pub(crate) async fn service(
    redis: Option<String>,
) -> Result<impl Responds<Full<Bytes>>, Box<dyn Error>> {
    let shared = Arc::new((Tokens::generate(), Store::open(redis.as_deref()).await?));
    Ok(service_fn(move |request: Request<Incoming>| {
        let shared = shared.clone();
        async move {
            let (tokens, store) = &*shared;
            Ok(match respond_to(tokens, store, request).await {
                Some(body) => respond(StatusCode::OK, body),
                None => respond(StatusCode::BAD_REQUEST, Bytes::new()),
            })
        }
    }))
}

/// Whoever presents no token gets a first one: there is nobody to log in here.
async fn respond_to(tokens: &Tokens, store: &Store, request: Request<Incoming>) -> Option<Bytes> {
    let form = request.into_body().collect().await.ok()?.to_bytes();
    let family = match refresh_token(&form) {
        Some(token) => store.advance(tokens.open(token)?).await?,
        None => {
            let mut family = Family::default();
            rand::fill(&mut family.id).ok()?;
            store.create(family).await?;
            family
        }
    };
    Some(tokens.response(family))
}
