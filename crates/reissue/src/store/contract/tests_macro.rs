//! One test for each check.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// Makes a test of each check of the suite, with the name of the check.
///
/// Each test evaluates the expression, which is the
/// [`Harness`](crate::store::contract::Harness), and runs its check with it. Put it in a module of
/// its own:
///
/// ```
/// # use std::time::Duration;
/// # use reissue::Timestamp;
/// # use reissue::store::MemoryStore;
/// # use reissue::store::contract::Harness;
/// # struct Memory;
/// # impl Memory {
/// #     fn new() -> Self {
/// #         Self
/// #     }
/// # }
/// # impl Harness for Memory {
/// #     type Store = MemoryStore;
/// #     async fn store(&self) -> MemoryStore {
/// #         MemoryStore::new()
/// #     }
/// #     async fn pass(&self, time: Duration) {
/// #         std::thread::sleep(time);
/// #     }
/// #     async fn now(&self) -> Timestamp {
/// #         Timestamp::default()
/// #     }
/// # }
/// mod contract {
///     # use super::Memory;
///     reissue::store::contract::tests!(Memory::new());
/// }
/// # fn main() {}
/// ```
///
/// A store that needs a runtime names the attribute that provides it. The expression may then
/// `await`:
///
/// ```
/// # use std::time::Duration;
/// # use reissue::Timestamp;
/// # use reissue::store::MemoryStore;
/// # use reissue::store::contract::Harness;
/// # struct Server;
/// # impl Server {
/// #     async fn start() -> Self {
/// #         Self
/// #     }
/// # }
/// # impl Harness for Server {
/// #     type Store = MemoryStore;
/// #     async fn store(&self) -> MemoryStore {
/// #         MemoryStore::new()
/// #     }
/// #     async fn pass(&self, time: Duration) {
/// #         tokio::task::yield_now().await;
/// #         std::thread::sleep(time);
/// #     }
/// #     async fn now(&self) -> Timestamp {
/// #         Timestamp::default()
/// #     }
/// # }
/// mod contract {
///     # use super::Server;
///     reissue::store::contract::tests!(#[tokio::test] Server::start().await);
/// }
/// # fn main() {}
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __contract_tests {
    (#[$attribute:meta] $harness:expr $(,)?) => {
        $crate::__contract_checks! {
            ($crate::__contract_test_of_each) with { $attribute } { $harness }
        }
    };
    ($harness:expr $(,)?) => {
        $crate::__contract_checks! { ($crate::__contract_test_of_each) { $harness } }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __contract_test_of_each {
    (
        [with { $attribute:meta } { $harness:expr }]
        $($module:ident: [$($check:ident),+ $(,)?]),+ $(,)?
    ) => {
        $($(
            #[$attribute]
            async fn $check() {
                $crate::store::contract::__private::check(&$harness, stringify!($check)).await;
            }
        )+)+
    };
    ([{ $harness:expr }] $($module:ident: [$($check:ident),+ $(,)?]),+ $(,)?) => {
        $($(
            #[test]
            fn $check() {
                use $crate::store::contract::__private::{block_on, check};

                block_on(check(&$harness, stringify!($check)));
            }
        )+)+
    };
}

/// Polls a future on this thread until it is ready.
pub fn block_on(future: impl Future<Output = ()>) {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(()) => return,
            Poll::Pending => thread::park(),
        }
    }
}
