use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisError, Value};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::timeout;

/// A connection on which commands that wait at the same moment are sent together.
///
/// The driver's task is woken by each command. tokio's scheduler for several threads runs a task
/// that was just woken before all others, so that the driver alone writes each command by itself.
/// Here, the first command that waits starts a task that lets all requests go first which are ready
/// to run, and then hands over what they have sent in one piece.
#[derive(Clone)]
pub(super) struct Batcher {
    shared: Arc<Shared>,
}

struct Shared {
    connection: MultiplexedConnection,
    response_timeout: Duration,
    waiting: Mutex<Vec<Waiting>>,
}

struct Waiting {
    cmd: Cmd,
    response: oneshot::Sender<Result<Value, RedisError>>,
}

impl Batcher {
    /// Gives up a response that takes longer than `response_timeout`, which is no shorter than what
    /// any caller waits.
    pub(super) fn new(connection: MultiplexedConnection, response_timeout: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                connection,
                response_timeout,
                waiting: Mutex::default(),
            }),
        }
    }

    /// Returns the connection, for a command that must not share its fate with others.
    pub(super) fn connection(&self) -> MultiplexedConnection {
        self.shared.connection.clone()
    }

    /// Sends a command, with those that wait at the same moment, and returns its response.
    pub(super) async fn query(&self, cmd: Cmd) -> Result<Value, RedisError> {
        let (response, received) = oneshot::channel();
        let is_first = {
            let mut waiting = self.shared.waiting();
            waiting.push(Waiting { cmd, response });
            waiting.len() == 1
        };
        if is_first {
            tokio::spawn(send_waiting(self.shared.clone()));
        }
        match received.await {
            Ok(response) => response,
            // The task was given up, or ended with its runtime.
            Err(_) => Err(RedisError::from(std::io::Error::from(
                std::io::ErrorKind::BrokenPipe,
            ))),
        }
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends everything that waits once all other tasks that are ready had their turn.
async fn send_waiting(shared: Arc<Shared>) {
    yield_now().await;
    let mut waiting = mem::take(&mut *shared.waiting());
    waiting.retain(|waiting| !waiting.response.is_closed());
    while waiting.len() > MOST_TOGETHER {
        let rest = waiting.split_off(MOST_TOGETHER);
        tokio::spawn(send(shared.clone(), mem::replace(&mut waiting, rest)));
    }
    send(shared, waiting).await;
}

/// Sends commands in one piece, and passes the responses on.
async fn send(shared: Arc<Shared>, batch: Vec<Waiting>) {
    let mut pipeline = Pipeline::with_capacity(batch.len());
    let mut callers = Vec::with_capacity(batch.len());
    for Waiting { cmd, response } in batch {
        pipeline.add_command(cmd);
        callers.push(response);
    }
    if callers.is_empty() {
        return;
    }
    let mut connection = shared.connection.clone();
    let sending = connection.send_packed_commands(&pipeline, 0, callers.len());
    match timeout(shared.response_timeout, sending).await {
        Ok(Ok(values)) => {
            for (caller, value) in callers.into_iter().zip(values) {
                let _ = caller.send(value.extract_error());
            }
        }
        Ok(Err(error)) => {
            for caller in callers {
                let _ = caller.send(Err(error.clone()));
            }
        }
        // No caller waits any more.
        Err(_) => {}
    }
}

/// All commands of one batch get their responses when the last one is there, so it must be short.
const MOST_TOGETHER: usize = 32;
