//! The object-safe form of [`Store`], so that a server does not have the store's type as parameter.

use std::future::Future;
use std::pin::Pin;

use super::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Sid, Store, StoreError, SubjectKey,
};

type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

pub(crate) trait ErasedStore: Send + Sync {
    fn create(&self, create: Create) -> StoreFuture<'_, Created>;
    fn advance(&self, advance: Advance) -> StoreFuture<'_, Advanced>;
    fn replace(&self, replace: Replace) -> StoreFuture<'_, Replaced>;
    fn load(&self, subject: SubjectKey, sid: Sid) -> StoreFuture<'_, Option<Record>>;
    fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, Page>;
    fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> StoreFuture<'_, u64>;
    fn consume(&self, consume: Consume) -> StoreFuture<'_, Consumed>;
    fn is_consumed(&self, id: OneTimeId) -> StoreFuture<'_, bool>;
    fn ready(&self) -> StoreFuture<'_, Vec<Finding>>;
}

impl<S> ErasedStore for S
where
    S: Store,
{
    fn create(&self, create: Create) -> StoreFuture<'_, Created> {
        Box::pin(Store::create(self, create))
    }

    fn advance(&self, advance: Advance) -> StoreFuture<'_, Advanced> {
        Box::pin(Store::advance(self, advance))
    }

    fn replace(&self, replace: Replace) -> StoreFuture<'_, Replaced> {
        Box::pin(Store::replace(self, replace))
    }

    fn load(&self, subject: SubjectKey, sid: Sid) -> StoreFuture<'_, Option<Record>> {
        Box::pin(Store::load(self, subject, sid))
    }

    fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, Page> {
        Box::pin(Store::sessions(self, subject, cursor, limit))
    }

    fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> StoreFuture<'_, u64> {
        Box::pin(Store::revoke(self, subject, revoke))
    }

    fn consume(&self, consume: Consume) -> StoreFuture<'_, Consumed> {
        Box::pin(Store::consume(self, consume))
    }

    fn is_consumed(&self, id: OneTimeId) -> StoreFuture<'_, bool> {
        Box::pin(Store::is_consumed(self, id))
    }

    fn ready(&self) -> StoreFuture<'_, Vec<Finding>> {
        Box::pin(Store::ready(self))
    }
}
