use reissue::Timestamp;
use tokio::sync::oneshot;

use super::verb::{Access, Verb};
use crate::database::Open;
use crate::durability::Durability;
use crate::error::SqliteStoreError;

/// An operation that waits for the writer thread, whatever it returns.
pub(super) trait Request: Send {
    /// Returns whether the caller still waits. One that does not has changed nothing so far.
    fn is_wanted(&self) -> bool;

    fn access(&self) -> Access;

    fn durability(&self) -> Durability;

    /// Runs the operation within the open transaction, and keeps the result.
    fn run(&mut self, open: &Open, now: Timestamp) -> Result<(), SqliteStoreError>;

    /// Returns the result to the caller: the transaction is committed.
    fn succeed(self: Box<Self>);

    /// Returns the error to the caller.
    fn fail(self: Box<Self>, error: SqliteStoreError);
}

/// The reply to an operation.
pub(super) type Reply<T> = oneshot::Receiver<Result<T, SqliteStoreError>>;

/// Returns the request of an operation, and its reply.
pub(super) fn request<V: Verb>(
    verb: V,
    durability: Durability,
) -> (Box<dyn Request>, Reply<V::Output>) {
    let (sender, reply) = oneshot::channel();
    let request = Waiting {
        verb,
        durability,
        output: None,
        sender,
    };
    (Box::new(request), reply)
}

struct Waiting<V: Verb> {
    verb: V,
    durability: Durability,
    output: Option<V::Output>,
    sender: oneshot::Sender<Result<V::Output, SqliteStoreError>>,
}

impl<V: Verb> Request for Waiting<V> {
    fn is_wanted(&self) -> bool {
        !self.sender.is_closed()
    }

    fn access(&self) -> Access {
        V::ACCESS
    }

    fn durability(&self) -> Durability {
        self.durability
    }

    fn run(&mut self, open: &Open, now: Timestamp) -> Result<(), SqliteStoreError> {
        self.output = Some(self.verb.run(open, now)?);
        Ok(())
    }

    fn succeed(self: Box<Self>) {
        if let Some(output) = self.output {
            // A caller that has gone meanwhile misses the result of what has taken effect.
            let _ = self.sender.send(Ok(output));
        }
    }

    fn fail(self: Box<Self>, error: SqliteStoreError) {
        let _ = self.sender.send(Err(error));
    }
}
