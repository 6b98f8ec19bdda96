//! The layer and the endpoints as tower services, and nothing else.

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use reissue::bearer::VerifiedToken;
use reissue::client::AuthenticatedClient;
use reissue::{
    Denial, IntrospectionEndpoint, JwksEndpoint, Parameters, RequestBody, RevocationEndpoint,
    Server,
};
use reissue_tests::TestResponse;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{ECHO, FIRST, LOGIN_HEADER, bearer, echo, grant, layer, metadata, sessions};

type Body = BoxBody<Bytes, Box<dyn Error + Send + Sync>>;

/// Sends a request without any socket.
pub(super) async fn send(server: &Server, request: Request<Full<Bytes>>) -> TestResponse {
    let layer = layer(server);
    let server = server.clone();
    let routes = service_fn(move |request| routes(server.clone(), request));
    let Ok(response) = layer.layer(routes).oneshot(request).await;
    TestResponse::read(response).await
}

pub(super) async fn routes<B>(
    server: Server,
    request: Request<RequestBody<B>>,
) -> Result<Response<Body>, Infallible>
where
    B: http_body::Body<Data = Bytes> + Send + Sync + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    Ok(match request.uri().path() {
        "/token" => token(request).await.unwrap_or_else(Denial::to_response),
        "/revoke" => answered(RevocationEndpoint::new(server).oneshot(request).await?),
        "/introspect" => answered(IntrospectionEndpoint::new(server).oneshot(request).await?),
        "/.well-known/oauth-authorization-server" => {
            answered(metadata(&server).oneshot(request).await?)
        }
        "/.well-known/jwks.json" => answered(JwksEndpoint::new(server).oneshot(request).await?),
        "/whoami" => {
            let whoami = service_fn(whoami);
            let response = bearer(&server).layer(whoami).oneshot(request).await?;
            response.map(BodyExt::boxed)
        }
        "/hello" => text("hello"),
        "/echo" => of_type(
            "application/octet-stream",
            request.into_body().map_err(Into::into).boxed(),
        ),
        path if path.starts_with("/sessions") => {
            let sessions = sessions(&server).with_path("/sessions");
            answered(bearer(&server).layer(sessions).oneshot(request).await?)
        }
        other => panic!("nothing asks for {other}"),
    })
}

async fn whoami<B>(request: Request<B>) -> Result<Response<Body>, Infallible> {
    let token = request.extensions().get::<VerifiedToken>().unwrap();
    Ok(text(&token.subject))
}

async fn token<B>(request: Request<RequestBody<B>>) -> Result<Response<Body>, Denial>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
{
    let (head, body) = request.into_parts();
    let client = head.extensions.get::<AuthenticatedClient>().unwrap();
    let parameters = head.extensions.get::<Parameters>().unwrap();
    if parameters.get("grant_type") == Some(ECHO) {
        let body = body.collect().await.ok().unwrap().to_bytes();
        return Ok(text(&echo(client, parameters, &body)));
    }
    let mut response = Response::new(Body::default());
    response.extensions_mut().insert(grant(client, parameters)?);
    let (name, value) = (
        HeaderName::from_static(LOGIN_HEADER),
        HeaderValue::from_static(FIRST),
    );
    response.headers_mut().insert(name, value);
    Ok(response)
}

fn answered<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
{
    response.map(|body| body.map_err(|never| match never {}).boxed())
}

fn text(text: &str) -> Response<Body> {
    let text = Full::from(text.to_owned()).map_err(|never| match never {});
    of_type("text/plain; charset=utf-8", text.boxed())
}

fn of_type(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
