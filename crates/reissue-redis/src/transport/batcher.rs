use std::future::poll_fn;
use std::io;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisError, Value};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// A connection on which commands that wait at the same moment are written together.
///
/// The driver's task is woken by each command. tokio's scheduler for several threads runs a task
/// that was just woken before all others, so that the driver alone writes each command by itself.
/// Here, the first command that waits starts a task, which lets all requests go first that are
/// ready to run. Then it hands over to the driver what they have sent, in one go, and each request
/// waits for its own response.
#[derive(Clone)]
pub(super) struct Batcher {
    connection: MultiplexedConnection,
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

struct Waiting {
    cmd: Cmd,
    sender: oneshot::Sender<Sent>,
}

/// A command that the driver has, or will have when its queue has room.
type Sent = Pin<Box<dyn Future<Output = Result<Value, RedisError>> + Send>>;

impl Batcher {
    pub(super) fn new(connection: MultiplexedConnection) -> Self {
        Self {
            connection,
            waiting: Arc::default(),
        }
    }

    /// Returns the driver's connection, for a command that is sent at once.
    pub(super) fn connection(&self) -> MultiplexedConnection {
        self.connection.clone()
    }

    /// Sends a command, with those that wait at the same moment, and returns its response.
    pub(super) async fn query(&self, cmd: Cmd) -> Result<Value, RedisError> {
        let (sender, sent) = oneshot::channel();
        let is_first = {
            let mut waiting = self.waiting();
            waiting.push(Waiting { cmd, sender });
            waiting.len() == 1
        };
        if is_first {
            tokio::spawn(self.clone().send_waiting());
        }
        match sent.await {
            Ok(sent) => sent.await,
            // The task ended with its runtime.
            Err(_) => Err(io::Error::from(io::ErrorKind::BrokenPipe).into()),
        }
    }

    async fn send_waiting(self) {
        yield_now().await;
        let waiting = mem::take(&mut *self.waiting());
        for Waiting { cmd, sender } in waiting {
            if sender.is_closed() {
                continue;
            }
            let mut connection = self.connection.clone();
            let mut sent: Sent = Box::pin(async move {
                let value = connection.send_packed_command(&cmd).await?;
                value.extract_error()
            });
            // The first poll puts the command into the driver's queue. The driver's task does not
            // run before this one has ended, and then finds all of them.
            let polled = poll_fn(|context| Poll::Ready(sent.as_mut().poll(context))).await;
            if let Poll::Ready(response) = polled {
                sent = Box::pin(std::future::ready(response));
            }
            let _ = sender.send(sent);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
