//! From a command line to a server that answers, until it is told to stop.

use std::error::Error;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use reissue::guessing::{AddressSource, ClientAddressLayer};
use reissue::store::StoreError;
use reissue::{RefreshLayer, Server};
use reissue_redis::{RedisStoreError, RedisStoreErrorKind};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::time::{sleep, timeout};
use tower::ServiceBuilder;
use tower_http::timeout::RequestBodyDeadlineLayer;
use tracing::{debug, error, info, warn};

use crate::args::Options;
use crate::banner::Banner;
use crate::config::{Config, PeerAddress};
use crate::setup::Setup;
use crate::{documents, log, routes};

/// Serves until SIGTERM or Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let config = options.load()?;
    log::init()?;
    let runtime = runtime()?;
    let served = runtime.block_on(serve(&config, options.config.is_none()));
    // A password that is being checked is nobody's any more.
    runtime.shutdown_background();
    served
}

/// On one core, one thread, and no work passed between threads.
fn runtime() -> io::Result<Runtime> {
    let is_alone = available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut builder = if is_alone {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    builder.enable_all().build()
}

async fn serve(config: &Config, is_demo: bool) -> Result<(), Box<dyn Error>> {
    let stop = stop_signal()?;
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    let setup = Setup::of(config, address)?;
    let server = setup.server;
    let token_endpoint = routes::token_endpoint(&server);
    let documents = documents::router(&server, setup.jwks_max_age);
    let router = routes::router(&server, setup.grants, setup.authorize).merge(documents);
    let banner = Banner {
        address,
        generated: setup.generated,
        is_demo,
    };
    banner.log();
    inspect(&server).await?;
    if let Err(error) = banner.print() {
        warn!(%error, "nobody reads the standard output");
    }
    accept(
        &listener,
        token_endpoint,
        router,
        address_source(config.logins.address()),
        stop,
    )
    .await;
    Ok(())
}

/// Says in the log what an operator ought to know of the store. One that is down may come up later: `/readyz` tells. One
/// that is not trusted waits for the operator, who had better know now.
async fn inspect(server: &Server) -> Result<(), UntrustedError> {
    match server.ready().await {
        Ok(findings) => {
            for finding in findings {
                warn!("store: {}: {}", finding.code, finding.detail);
            }
        }
        Err(error) if is_untrusted(&error) => return Err(UntrustedError(error)),
        Err(error) => error!(error = &error as &(dyn Error + 'static), "store: not ready"),
    }
    Ok(())
}

fn is_untrusted(error: &StoreError) -> bool {
    let of_redis = error.source().and_then(<dyn Error>::downcast_ref);
    of_redis.is_some_and(|error: &RedisStoreError| error.kind() == RedisStoreErrorKind::Tls)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address)
        .await
        .map_err(|cause| ListenError { address, cause })
}

/// Takes connections until `stop`, then waits for the requests that are under way.
async fn accept(
    listener: &TcpListener,
    token_endpoint: RefreshLayer,
    router: Router,
    source: AddressSource,
    stop: impl Future<Output = &'static str>,
) {
    let layers = ServiceBuilder::new()
        .layer(RequestBodyDeadlineLayer::new(BODY_DEADLINE))
        .layer(token_endpoint);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_DEADLINE)
        // Answers are short: one copy is cheaper than a list of what to write.
        .writev(false);
    let connections = GracefulShutdown::new();
    let mut stop = pin!(stop);
    let signal = loop {
        let (stream, connected) = tokio::select! {
            stream = next(listener) => stream,
            signal = &mut stop => break signal,
        };
        let service = ServiceBuilder::new()
            .layer(ClientAddressLayer::new(connected.ip(), source))
            .layer(&layers)
            .service(router.clone());
        let connection =
            http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(%error, "a connection ended early");
            }
        });
    };
    info!(signal, requests = connections.count(), "stopping");
    if timeout(LAST_REQUESTS, connections.shutdown())
        .await
        .is_err()
    {
        warn!("requests were cut off");
    }
}

fn address_source(address: PeerAddress) -> AddressSource {
    match address {
        PeerAddress::Connection => AddressSource::Connection,
        PeerAddress::Forwarded => AddressSource::XForwardedFor,
    }
}

/// The next connection, and whose it is, however often the system fails to give one.
async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    debug!(%error, "answers may be delayed");
                }
                return (stream, address);
            }
            Err(error) => {
                // Most likely no file descriptor is left: it takes a connection that ends.
                warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// The name of the signal that says to stop.
fn stop_signal() -> io::Result<impl Future<Output = &'static str>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => "SIGINT",
                _ = terminate.recv() => "SIGTERM",
            }
        })
    }
    #[cfg(not(unix))]
    {
        Ok(async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            "Ctrl-C"
        })
    }
}

/// There is no TLS with the server of the store.
#[derive(Debug, thiserror::Error)]
#[error(
    "redis.root_certificates: the server of the store is not trusted, or does not trust redis.client_certificate"
)]
struct UntrustedError(#[source] StoreError);

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("listen: cannot listen on {address}")]
struct ListenError {
    address: SocketAddr,
    #[source]
    cause: io::Error,
}

/// How long a client may take to send the head of a request.
const HEADER_DEADLINE: Duration = Duration::from_secs(5);

/// How long a client may take to send a body. One that does not keep to it gets the `invalid_request` of a body that
/// ends too early.
const BODY_DEADLINE: Duration = Duration::from_secs(5);

/// How long requests that are under way may take after the signal to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
