use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper_util::service::TowerToHyperService;
use reissue::bearer::VerifiedToken;
use reissue::client::AuthenticatedClient;
use reissue::{
    Denial, IntrospectionEndpoint, JwksEndpoint, Parameters, RequestBody, RevocationEndpoint,
    Server,
};
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceExt as _, service_fn};

use super::{accept, bearer, grant, layer, metadata, sessions};

type Body = BoxBody<Bytes, Box<dyn Error + Send + Sync>>;

pub(super) fn serve(listener: TcpListener, server: Server) {
    let refresh = layer(&server);
    let routes = service_fn(move |request| routes(server.clone(), request));
    accept(listener, TowerToHyperService::new(refresh.layer(routes)));
}

async fn routes(
    server: Server,
    request: Request<RequestBody<Incoming>>,
) -> Result<Response<Body>, Infallible> {
    Ok(match request.uri().path() {
        "/token" => token(&request).unwrap_or_else(|denial| denial.to_response()),
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

fn token(request: &Request<RequestBody<Incoming>>) -> Result<Response<Body>, Denial> {
    let client = request.extensions().get::<AuthenticatedClient>().unwrap();
    let parameters = request.extensions().get::<Parameters>().unwrap();
    let mut response = Response::new(Body::default());
    response.extensions_mut().insert(grant(client, parameters)?);
    Ok(response)
}

fn answered<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
{
    response.map(|body| body.map_err(|never| match never {}).boxed())
}

fn text(text: &str) -> Response<Body> {
    let text = http_body_util::Full::from(text.to_owned()).map_err(|never| match never {});
    of_type("text/plain; charset=utf-8", text.boxed())
}

fn of_type(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
