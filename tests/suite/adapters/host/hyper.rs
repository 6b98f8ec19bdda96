use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::service::service_fn;
use reissue::client::AuthenticatedClient;
use reissue::{
    AnswerBody, Denial, IntrospectionEndpoint, Parameters, RequestBody, RevocationEndpoint, Server,
};
use reissue_hyper::{AlwaysReady, OnHyper};
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceExt as _};

use super::{accept, grant, layer};

type Body = BoxBody<Bytes, Box<dyn Error + Send + Sync>>;

pub(super) fn serve(listener: TcpListener, server: Server) {
    let refresh = layer(server.clone()).with_path("/token");
    let routes = service_fn(move |request| routes(server.clone(), request));
    accept(
        listener,
        OnHyper::new(refresh.layer(AlwaysReady::new(routes))),
    );
}

async fn routes(
    server: Server,
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Body>, Infallible> {
    Ok(match request.uri().path() {
        "/token" => token(&request).unwrap_or_else(|denial| answered(denial.to_response(""))),
        "/revoke" => answered(RevocationEndpoint::new(server).oneshot(request).await?),
        "/introspect" => answered(IntrospectionEndpoint::new(server).oneshot(request).await?),
        "/hello" => {
            let hello = http_body_util::Full::from("hello").map_err(|never| match never {});
            of_type("text/plain; charset=utf-8", hello.boxed())
        }
        "/echo" => of_type(
            "application/octet-stream",
            request.into_body().map_err(Into::into).boxed(),
        ),
        other => panic!("nothing asks for {other}"),
    })
}

fn token(request: &Request<RequestBody<Incoming>>) -> Result<Response<Body>, Denial> {
    let client = request.extensions().get::<AuthenticatedClient>().unwrap();
    let parameters = request.extensions().get::<Parameters>().unwrap();
    let mut response = Response::new(Body::default());
    response.extensions_mut().insert(grant(client, parameters)?);
    Ok(response)
}

fn answered(response: Response<AnswerBody>) -> Response<Body> {
    response.map(|body| body.map_err(|never| match never {}).boxed())
}

fn of_type(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
