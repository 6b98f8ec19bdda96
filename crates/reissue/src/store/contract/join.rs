//! Many futures in one task, without a runtime.

use std::future::{self, Future};
use std::pin::Pin;
use std::task::Poll;

type Started<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Polls all futures in turn until each is ready, and returns their outputs in order.
pub(super) async fn join_all<'a, T, F>(futures: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send,
    F: Future<Output = T> + Send + 'a,
{
    let mut started: Vec<Started<'a, T>> = Vec::new();
    started.extend(futures.into_iter().map(|future| Box::pin(future) as _));
    let mut results: Vec<Option<T>> = started.iter().map(|_| None).collect();
    future::poll_fn(|context| {
        let mut pending = false;
        for (future, result) in started.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending {
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
    results.into_iter().flatten().collect()
}
