//! A client that blocks, and never for longer than it was told.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{Value, encode, read};

/// One connection. Whatever takes longer than its time-out (2 s unless told otherwise) is an error.
#[derive(Debug)]
pub struct RespClient {
    stream: TcpStream,
    received: Vec<u8>,
}

impl RespClient {
    /// A connection to this port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn connect(port: u16) -> io::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
        stream.set_nodelay(true)?;
        let mut client = Self {
            stream,
            received: Vec::new(),
        };
        client.set_timeout(TIMEOUT)?;
        Ok(client)
    }

    /// How long one read or write may take.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(timeout))?;
        self.stream.set_write_timeout(Some(timeout))
    }

    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    ///
    /// Those of the socket. What the server refuses is a [`Value::Error`].
    pub fn call<A>(&mut self, args: &[A]) -> io::Result<Value>
    where
        A: AsRef<[u8]>,
    {
        self.send(args)?;
        self.receive()
    }

    /// Sends a command without waiting.
    ///
    /// # Errors
    ///
    /// Those of the socket.
    pub fn send<A>(&mut self, args: &[A]) -> io::Result<()>
    where
        A: AsRef<[u8]>,
    {
        self.stream.write_all(&encode(args))
    }

    /// Waits for the next reply.
    ///
    /// # Errors
    ///
    /// Those of the socket, `UnexpectedEof` where the connection was closed, `InvalidData` where it
    /// is no reply.
    pub fn receive(&mut self) -> io::Result<Value> {
        loop {
            if let Some((value, length)) =
                read(&self.received).map_err(|_| io::Error::from(ErrorKind::InvalidData))?
            {
                self.received.drain(..length);
                return Ok(value);
            }
            let mut chunk = [0; 16 * 1024];
            match self.stream.read(&mut chunk)? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                length => self.received.extend_from_slice(&chunk[..length]),
            }
        }
    }

    /// How much of a reply has arrived that is not complete.
    #[must_use]
    pub fn incomplete(&self) -> &[u8] {
        &self.received
    }
}

const TIMEOUT: Duration = Duration::from_secs(2);
