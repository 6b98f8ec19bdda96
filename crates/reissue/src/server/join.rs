//! Concurrent execution of two futures.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Awaits two futures at once, and returns both outputs: two round trips to a store take the time
/// of one.
pub(crate) async fn join<A, B>(one: A, other: B) -> (A::Output, B::Output)
where
    A: Future,
    B: Future,
{
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|cx| {
        if first.is_none()
            && let Poll::Ready(output) = one.as_mut().poll(cx)
        {
            first = Some(output);
        }
        if second.is_none()
            && let Poll::Ready(output) = other.as_mut().poll(cx)
        {
            second = Some(output);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (so_far, so_far_of_other) => {
                (first, second) = (so_far, so_far_of_other);
                Poll::Pending
            }
        }
    })
    .await
}
