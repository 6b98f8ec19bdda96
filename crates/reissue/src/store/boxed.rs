//! A store whose type is chosen at run time.

use std::fmt;
use std::future::Future;

use super::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, ErasedStore, Finding, OneTimeId,
    Page, Record, Replace, Replaced, Revoke, Sid, Store, StoreError, SubjectKey,
};

/// A store of any type, for applications that choose one at run time.
///
/// ```
/// use reissue::client::{Client, ClientMap};
/// use reissue::store::{BoxedStore, MemoryStore};
/// use reissue::{Keys, Server};
///
/// # type RedisStore = MemoryStore;
/// # fn redis(url: &str) -> Result<RedisStore, std::convert::Infallible> { Ok(MemoryStore::new()) }
/// // `redis` builds the store of `reissue-redis`.
/// let store = match std::env::var("REDIS_URL") {
///     Ok(url) => BoxedStore::new(redis(&url)?),
///     // A restart logs everyone out.
///     Err(_) => BoxedStore::new(MemoryStore::new()),
/// };
/// let clients = ClientMap::new([Client::public("app")])?;
/// let server = Server::builder("https://id.example", Keys::generate(), clients, store).build()?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// It costs one allocation for each operation. A [`Server`](crate::Server) takes a store of any
/// type, so an application with one type of store needs no box.
pub struct BoxedStore {
    inner: Box<dyn ErasedStore>,
}

impl BoxedStore {
    /// Returns a box with this store.
    #[must_use]
    pub fn new(store: impl Store) -> Self {
        Self {
            inner: Box::new(store),
        }
    }
}

impl Store for BoxedStore {
    fn create(&self, create: Create) -> impl Future<Output = Result<Created, StoreError>> + Send {
        self.inner.create(create)
    }

    fn advance(
        &self,
        advance: Advance,
    ) -> impl Future<Output = Result<Advanced, StoreError>> + Send {
        self.inner.advance(advance)
    }

    fn replace(
        &self,
        replace: Replace,
    ) -> impl Future<Output = Result<Replaced, StoreError>> + Send {
        self.inner.replace(replace)
    }

    fn load(
        &self,
        subject: SubjectKey,
        sid: Sid,
    ) -> impl Future<Output = Result<Option<Record>, StoreError>> + Send {
        self.inner.load(subject, sid)
    }

    fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send {
        self.inner.sessions(subject, cursor, limit)
    }

    fn revoke(
        &self,
        subject: SubjectKey,
        revoke: Revoke,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send {
        self.inner.revoke(subject, revoke)
    }

    fn consume(
        &self,
        consume: Consume,
    ) -> impl Future<Output = Result<Consumed, StoreError>> + Send {
        self.inner.consume(consume)
    }

    fn is_consumed(&self, id: OneTimeId) -> impl Future<Output = Result<bool, StoreError>> + Send {
        self.inner.is_consumed(id)
    }

    fn ready(&self) -> impl Future<Output = Result<Vec<Finding>, StoreError>> + Send {
        self.inner.ready()
    }
}

impl fmt::Debug for BoxedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxedStore").finish_non_exhaustive()
    }
}
