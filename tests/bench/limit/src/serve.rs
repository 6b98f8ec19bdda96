//! One thread that serves HTTP/1.1 on a free port, and nothing around it.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, PRAGMA};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A hyper service that [`serve`] takes.
pub(crate) trait Responds<B>:
    Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S, B> Responds<B> for S where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// Serves for ever. The first line on stdout says where.
pub(crate) async fn serve<S, B>(service: S) -> Result<(), Box<dyn Error>>
where
    S: Responds<B>,
    B: Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let mut http = http1::Builder::new();
    // Responses are short: one copy is cheaper than a list of what to write.
    http.writev(false);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let serving = http.serve_connection(TokioIo::new(stream), service.clone());
        // A client that goes away is its own affair.
        tokio::spawn(async move { drop(serving.await) });
    }
}

/// A response with the headers that RFC 6749 §5 wants.
pub(crate) fn respond(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

pub(crate) fn complain(error: &dyn Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "limit: {error}");
    ExitCode::FAILURE
}
