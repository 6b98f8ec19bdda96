//! One connection, command by command and reply by reply.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use super::command::Command;
use super::pipe::{Part, deliver};
use super::rules::{Afterwards, Fault};
use super::shared::Shared;
use crate::resp::{Value, encode, read};

/// Serves all connections until told to stop.
pub(super) fn serve(listener: TcpListener, shared: &Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a thread can have a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .expect("the listener is fit for the runtime");
        let accept = async {
            loop {
                if let Ok((client, _)) = listener.accept().await {
                    let connection = Connection {
                        number: shared.open(),
                        shared: Arc::clone(shared),
                        expected: Mutex::default(),
                    };
                    tokio::spawn(async move { connection.run(client).await });
                }
            }
        };
        tokio::select! {
            () = accept => {}
            _ = stopped => {}
        }
    });
}

/// What a connection knows of the replies that it expects.
struct Connection {
    number: u64,
    shared: Arc<Shared>,
    expected: Mutex<VecDeque<Fate>>,
}

/// What becomes of a reply.
#[derive(Clone, Debug)]
enum Fate {
    Drop(Afterwards),
    Forward,
    Hold,
    Repeat,
    Replace(Bytes),
    Swallow,
    Truncate,
}

impl Connection {
    async fn run(&self, mut client: TcpStream) {
        let mut switches = self.shared.switches();
        let upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.shared.upstream)).await;
        let Ok(mut upstream) = upstream else {
            reset(&client);
            return;
        };
        // An error means that the connection is gone already, which shows soon enough.
        let _ = client.set_nodelay(true);
        let _ = upstream.set_nodelay(true);
        {
            let (from_client, to_client) = client.split();
            let (from_upstream, to_upstream) = upstream.split();
            let (send_command, commands) = mpsc::unbounded_channel();
            let (send_reply, replies) = mpsc::unbounded_channel();
            let number = self.number;
            let there = async {
                tokio::join!(
                    self.read_commands(from_client, send_command),
                    deliver(
                        commands,
                        to_upstream,
                        self.shared.switches(),
                        number,
                        |now| { now.command_delay }
                    ),
                )
            };
            let back = async {
                tokio::join!(
                    self.read_replies(from_upstream, send_reply),
                    deliver(replies, to_client, self.shared.switches(), number, |now| {
                        now.reply_delay
                    }),
                )
            };
            tokio::select! {
                _ = there => return,
                _ = back => return,
                _ = switches.wait_for(|now| number < now.reset_below) => {}
            }
        }
        reset(&client);
        reset(&upstream);
    }

    async fn read_commands<R>(&self, mut from: R, to: mpsc::UnboundedSender<Part>)
    where
        R: AsyncRead + Unpin,
    {
        let mut unread = BytesMut::new();
        let mut framed = true;
        while let Ok(1..) = from.read_buf(&mut unread).await {
            while framed && let Ok(Some((value, length))) = read(&unread) {
                let bytes = unread.split_to(length).freeze();
                framed = self.pass_command(&value, &bytes, &to);
            }
            if !framed {
                let _ = to.send(Part::new(unread.split().freeze()));
            }
        }
    }

    /// Whether another command follows.
    fn pass_command(&self, value: &Value, bytes: &Bytes, to: &mpsc::UnboundedSender<Part>) -> bool {
        let Some(command) = Command::parse(value) else {
            return true;
        };
        let fault = self.shared.judge(&command);
        let passed_on = match fault {
            // Something that has no effect takes its place, so that the turn of its reply comes.
            Some(Fault::Reply(_)) => encode(&["PING"]).into(),
            _ => bytes.clone(),
        };
        let is_doubled = matches!(fault, Some(Fault::Duplicate));
        self.expect(match fault {
            Some(Fault::Reply(reply)) => Fate::Replace(reply),
            Some(Fault::DropReply(afterwards)) => Fate::Drop(afterwards),
            Some(Fault::RepeatReply) => Fate::Repeat,
            Some(Fault::SwapReplies) => Fate::Hold,
            Some(Fault::TruncateReply) => Fate::Truncate,
            Some(Fault::Duplicate) | None => Fate::Forward,
        });
        // The other end is gone with the connection.
        let _ = to.send(Part::new(passed_on));
        if is_doubled {
            self.expect(Fate::Swallow);
            let _ = to.send(Part::new(bytes.clone()));
        }
        !command.ends_framing()
    }

    async fn read_replies<R>(&self, mut from: R, to: mpsc::UnboundedSender<Part>)
    where
        R: AsyncRead + Unpin,
    {
        let mut unread = BytesMut::new();
        let mut framed = true;
        let mut held = Vec::new();
        while let Ok(1..) = from.read_buf(&mut unread).await {
            while framed && !unread.is_empty() {
                let (value, length) = match read(&unread) {
                    Ok(Some(reply)) => reply,
                    Ok(None) => break,
                    Err(_) => {
                        framed = false;
                        break;
                    }
                };
                let bytes = unread.split_to(length).freeze();
                if let Value::Push(_) = value {
                    let _ = to.send(Part::new(bytes));
                    continue;
                }
                match self.fate() {
                    Fate::Drop(Afterwards::Close) => return,
                    Fate::Drop(Afterwards::Silence) => std::future::pending().await,
                    Fate::Forward => {
                        let _ = to.send(Part::new(bytes));
                        for bytes in held.drain(..) {
                            let _ = to.send(Part::new(bytes));
                        }
                    }
                    Fate::Hold => held.push(bytes),
                    Fate::Repeat => {
                        let _ = to.send(Part::new(bytes.clone()));
                        let _ = to.send(Part::new(bytes));
                    }
                    Fate::Replace(reply) => {
                        let _ = to.send(Part::new(reply));
                    }
                    Fate::Swallow => {}
                    Fate::Truncate => {
                        let _ = to.send(Part::new(bytes.slice(..bytes.len() / 2)));
                        return;
                    }
                }
            }
            if !framed {
                let _ = to.send(Part::new(unread.split().freeze()));
            }
        }
    }

    fn expect(&self, fate: Fate) {
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(fate);
    }

    fn fate(&self) -> Fate {
        self.expected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
            .unwrap_or(Fate::Forward)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.close();
    }
}

/// Lets the connection end with a reset when it is dropped.
fn reset(stream: &TcpStream) {
    // An error means that it has ended already.
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}
