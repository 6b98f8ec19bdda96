//! Serving, from the command line to the signal to stop.

use std::error::Error;
use std::future::{Future, ready};
use std::io;
use std::net::SocketAddr;
use std::thread::available_parallelism;
use std::time::Duration;

use axum::Router;
use reissue::guessing::{AddressSource, ClientAddressLayer};
use reissue::{RefreshLayer, Server, ServerError};
use reissue_hyper::HttpServer;
use reissue_postgres::{PostgresStoreError, PostgresStoreErrorKind};
use reissue_redis::{RedisStoreError, RedisStoreErrorKind};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceBuilder;
use tracing::{error, info, warn};

use crate::args::Options;
use crate::banner::Banner;
use crate::config::{Config, PeerAddress};
use crate::setup::{Setup, open_store};
use crate::{data, documents, exposure, log, routes};

/// Serves until SIGTERM or Ctrl-C.
pub(crate) fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let config = options.load()?;
    log::init()?;
    let runtime = runtime()?;
    let served = runtime.block_on(serve(config, options.config.is_none()));
    // A password that is being checked is nobody's any more.
    runtime.shutdown_background();
    served
}

/// Builds the runtime: on one core, one thread, and no work passed between threads.
pub(crate) fn runtime() -> io::Result<Runtime> {
    let is_alone = available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let mut builder = if is_alone {
        Builder::new_current_thread()
    } else {
        Builder::new_multi_thread()
    };
    builder.enable_all().build()
}

async fn serve(mut config: Config, is_demo: bool) -> Result<(), Box<dyn Error>> {
    let stop = stop_signal()?;
    let listener = listen(config.listen)?;
    let address = listener.local_addr()?;
    let data = data::complete(&mut config)?;
    let config = &config;
    let setup = Setup::of(config, address, open_store(config).await?)?;
    let server = setup.server;
    let token_endpoint = routes::token_endpoint(&server);
    let documents = documents::router(&server, config.tokens.jwks_max_age);
    let router = routes::router(&server, setup.grants, setup.authorize).merge(documents);
    let banner = Banner {
        address,
        data,
        generated: setup.generated,
        is_demo,
    };
    setup.findings.log();
    for warning in exposure::warnings(config, address)? {
        warn!("{warning}");
    }
    inspect(&server).await?;
    if let Err(error) = banner.print() {
        warn!(%error, "nobody reads the standard output");
    }
    accept(listener, token_endpoint, router, config, stop).await;
    Ok(())
}

/// Logs what the store reports. One that is down may come up later, which `/readyz` shows; one that
/// is not trusted is an error now.
async fn inspect(server: &Server) -> Result<(), UntrustedError> {
    match server.ready().await {
        Ok(findings) => {
            for finding in findings {
                warn!("store: {}: {}", finding.code, finding.detail);
            }
        }
        Err(error) => match untrusted(&error) {
            Some(table) => return Err(UntrustedError { table, error }),
            None => error!(error = &error as &(dyn Error + 'static), "store: not ready"),
        },
    }
    Ok(())
}

/// Returns the table of the configuration with the certificates, if TLS with the server failed.
fn untrusted(error: &ServerError) -> Option<&'static str> {
    let of_store = error.source()?;
    let cause = of_store.source()?;
    let of_redis = cause.downcast_ref().map(RedisStoreError::kind);
    let of_postgres = cause.downcast_ref().map(PostgresStoreError::kind);
    if of_redis == Some(RedisStoreErrorKind::Tls) {
        Some("redis")
    } else if of_postgres == Some(PostgresStoreErrorKind::Tls) {
        Some("postgres")
    } else {
        None
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    try_listen(address).map_err(|cause| ListenError { address, cause })
}

fn try_listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Connections inherit both. Otherwise the operating system buffers megabytes for each of them.
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_send_buffer_size(SOCKET_BUFFER)?;
    // As `TcpListener::bind` does: on Unix a restart does not wait for connections of the last run.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop`, then waits for the requests that are under way.
async fn accept(
    listener: TcpListener,
    token_endpoint: RefreshLayer,
    router: Router,
    config: &Config,
    stop: impl Future<Output = &'static str>,
) {
    let source = address_source(config.logins.address());
    let stopped = HttpServer::new()
        .http1_only()
        // Responses are short: one copy is cheaper than a list of what to write.
        .with_vectored_writes(false)
        .with_header_timeout(HEADER_TIMEOUT)
        .with_body_timeout(BODY_TIMEOUT)
        .with_idle_timeout(IDLE_TIMEOUT)
        .with_write_timeout(config.server.write_timeout)
        .with_max_connections(config.server.connections as usize)
        .with_shutdown_timeout(SHUTDOWN_TIMEOUT)
        .serve_with(
            listener,
            |stream, connected: SocketAddr| {
                let service = ServiceBuilder::new()
                    .layer(ClientAddressLayer::new(connected.ip(), source))
                    .layer(&token_endpoint)
                    .service(router.clone());
                ready(Ok((stream, service)))
            },
            async {
                let signal = stop.await;
                info!(signal, "stopping");
            },
        )
        .await;
    if stopped.aborted > 0 {
        warn!(connections = stopped.aborted, "connections were cut off");
    }
}

fn address_source(address: PeerAddress) -> AddressSource {
    match address {
        PeerAddress::Connection => AddressSource::Connection,
        PeerAddress::Forwarded => AddressSource::XForwardedFor,
    }
}

/// Returns a future of the name of the signal to stop.
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

/// TLS with the server of the store failed.
#[derive(Debug, thiserror::Error)]
#[error(
    "{table}.root_certificates: the server of the store is not trusted, or does not trust the \
     client certificate"
)]
struct UntrustedError {
    table: &'static str,
    #[source]
    error: ServerError,
}

/// The address cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("listen: cannot listen on {address}")]
struct ListenError {
    address: SocketAddr,
    #[source]
    cause: io::Error,
}

/// How long a client may take to send the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a client may take to send a body. One that takes longer gets the `invalid_request` of a
/// body that ends too early.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// For how long a connection may be open without a request.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// How many bytes the operating system buffers for a connection in each direction: more than the
/// longest request and response.
const SOCKET_BUFFER: u32 = 64 * 1024;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// How long requests that are under way may take after the signal to stop.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
