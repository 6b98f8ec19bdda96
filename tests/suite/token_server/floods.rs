//! Clients that open many connections, or send requests and never read: real sockets, and the real
//! program.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::process::TokenServer;

const CLIENTS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_read_are_gone_within_10_seconds_and_cost_little() {
    let server = TokenServer::demo();
    // Whatever is allocated once is.
    assert_eq!(server.login().await.summary(), "200");
    flood(&mut clients(&server, 5));
    server.get("/healthz").await;
    let (sockets, memory) = (server.sockets(), server.resident_bytes());

    let mut clients = clients(&server, CLIENTS);
    let sent = flood(&mut clients);
    assert!(
        sent > CLIENTS * 20_000,
        "they were not served: {sent} bytes"
    );
    let began = Instant::now();
    let grown = server.resident_bytes().saturating_sub(memory);
    assert!(grown < 5_000_000, "{grown} bytes for {CLIENTS} clients");
    assert_eq!(server.login().await.summary(), "200", "others are served");
    while server.sockets() > sockets {
        assert!(began.elapsed() < Duration::from_secs(10), "they stay");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let grown = server.resident_bytes().saturating_sub(memory);
    assert!(grown < 5_000_000, "{grown} bytes afterwards");
    for client in &mut clients {
        assert!(is_gone(client));
    }
}

#[test]
fn clients_that_never_read_do_not_delay_the_stop() {
    let server = TokenServer::demo();
    let mut clients = clients(&server, CLIENTS);
    flood(&mut clients);
    let began = Instant::now();
    let ended = server.stop("TERM");
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert!(ended.status.success(), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_write_timeout_is_the_one_of_the_file() {
    let server = TokenServer::with("[server]\nwrite_timeout = \"1s\"");
    let sockets = server.sockets();
    let mut clients = clients(&server, 1);
    flood(&mut clients);
    let began = Instant::now();
    while server.sockets() > sockets {
        assert!(began.elapsed() < Duration::from_secs(4), "it stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_over_the_bound_is_served_when_another_ends() {
    let server = TokenServer::with("[server]\nconnections = 2");
    let mut open: Vec<TcpStream> = (0..3).map(|_| connect(server.address)).collect();
    for stream in &mut open {
        stream.set_nonblocking(false).expect("a socket");
        stream.write_all(REQUEST.as_bytes()).expect("it is open");
    }
    let patience = Some(Duration::from_secs(60));
    for stream in &mut open[..2] {
        stream.set_read_timeout(patience).expect("a socket");
        stream.read_exact(&mut [0; 15]).expect("it is served");
    }
    let last = &mut open[2];
    last.set_read_timeout(Some(Duration::from_millis(500)))
        .expect("a socket");
    let early = last.read_exact(&mut [0; 15]).expect_err("it is not served");
    assert!(matches!(
        early.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    drop(open.remove(0));
    let last = &mut open[1];
    last.set_read_timeout(patience).expect("a socket");
    last.read_exact(&mut [0; 15]).expect("it is served");
}

/// Connections that take little: what is sent to them stays with the server.
fn clients(server: &TokenServer, count: usize) -> Vec<TcpStream> {
    (0..count).map(|_| connect(server.address)).collect()
}

fn connect(address: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    // Before it is connected: the window never grows.
    socket.set_recv_buffer_size(4096).expect("a socket");
    socket.connect(&address.into()).expect("it listens");
    socket.set_nonblocking(true).expect("a socket");
    socket.into()
}

/// Sends requests until nothing more is taken from any of them for a while. Returns how many bytes
/// were.
fn flood(clients: &mut [TcpStream]) -> usize {
    let many = REQUEST.repeat(100);
    let mut sent = vec![0; clients.len()];
    let mut last = Instant::now();
    while last.elapsed() < Duration::from_millis(500) {
        for (client, sent) in clients.iter_mut().zip(&mut sent) {
            // A request that was cut is finished.
            match client.write(&many.as_bytes()[*sent % REQUEST.len()..]) {
                Ok(count) if count > 0 => {
                    *sent += count;
                    last = Instant::now();
                }
                _ => {}
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    sent.iter().sum()
}

/// Whether the other side has closed, once all that it sent is read.
fn is_gone(client: &mut TcpStream) -> bool {
    client.set_nonblocking(false).expect("a socket");
    client
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a socket");
    loop {
        match client.read(&mut [0; 4096]) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

/// Answered with a document of some size.
const REQUEST: &str =
    "GET /.well-known/oauth-authorization-server HTTP/1.1\r\nhost: localhost\r\n\r\n";
