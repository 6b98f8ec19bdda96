//! Keep-alive connections that nobody uses for the moment.

use std::error::Error;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use reissue_load::resident_bytes;

use crate::lab::Lab;
use crate::page::Page;
use crate::server::Server;
use crate::table::{count, table};

pub(crate) struct Idle {
    connections: usize,
    servers: Vec<(&'static str, Memory)>,
}

/// Bytes in RAM.
#[derive(Clone, Copy)]
struct Memory {
    before: u64,
    with_connections: u64,
    still_open: usize,
}

pub(crate) fn measure(lab: &mut Lab) -> Result<Idle, Box<dyn Error>> {
    let connections = lab.lengths.idle;
    Ok(Idle {
        connections,
        servers: vec![
            (
                "token server",
                hold(&lab.token_server("memory:")?, connections)?,
            ),
            ("layer alone", hold(&lab.limit("lean", None)?, connections)?),
        ],
    })
}

/// Each connection has been used for one refused refresh, so that its buffers are there.
fn hold(server: &Server, connections: usize) -> Result<Memory, Box<dyn Error>> {
    let form = format!(
        "grant_type=refresh_token&client_id=load&refresh_token={}",
        "x".repeat(400)
    );
    let request = format!(
        "POST /oauth2/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{form}",
        form.len()
    );
    let open = || -> Result<TcpStream, Box<dyn Error>> {
        let mut stream = TcpStream::connect(&server.authority)?;
        stream.write_all(request.as_bytes())?;
        let mut response = [0; 1_024];
        let length = stream.read(&mut response)?;
        if !response[..length].starts_with(b"HTTP/1.1 400") {
            return Err("a refusal was expected".into());
        }
        Ok(stream)
    };
    drop(open()?);
    let before = resident_bytes(server.pid())?;
    let held = (0..connections)
        .map(|_| open())
        .collect::<Result<Vec<_>, _>>()?;
    let with_connections = resident_bytes(server.pid())?;
    let still_open = sockets(server.pid())?;
    drop(held);
    Ok(Memory {
        before,
        with_connections,
        still_open,
    })
}

/// How many sockets a process has.
fn sockets(pid: u32) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))? {
        let target = fs::read_link(entry?.path())?;
        count += usize::from(target.to_string_lossy().starts_with("socket:"));
    }
    Ok(count)
}

impl Idle {
    /// Bytes that the token server takes with all connections open.
    pub(crate) fn token_server(&self) -> u64 {
        self.servers[0].1.with_connections
    }

    /// The same of the layer alone.
    pub(crate) fn layer_alone(&self) -> u64 {
        self.servers[1].1.with_connections
    }

    /// Whether they were all open when it was measured.
    pub(crate) fn is_complete(&self) -> bool {
        let open = |(_, memory): &(_, Memory)| memory.still_open >= self.connections;
        self.servers.iter().all(open)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("Idle connections");
        page.text(&format!(
            "{} keep-alive connections, each used once and then left open. The token server closes those that \
             are idle for five \
             seconds; fewer sockets than connections mean that opening them took longer.",
            count(self.connections as f64)
        ));
        let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let rows: Vec<_> = self
            .servers
            .iter()
            .map(|(name, memory)| {
                let grown = memory.with_connections.saturating_sub(memory.before);
                vec![
                    (*name).to_owned(),
                    megabytes(memory.before),
                    megabytes(memory.with_connections),
                    format!("{} B", count(grown as f64 / self.connections as f64)),
                    count(memory.still_open as f64),
                ]
            })
            .collect();
        let head = [
            "server",
            "RSS before",
            "RSS with them",
            "each",
            "sockets open then",
        ];
        page.text(&table(&head, &rows));
        Ok(())
    }
}
