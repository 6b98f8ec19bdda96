//! The verbs of [`Store`], each of which is one script on one key.

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, Finding, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, SubjectKey, WhenFull,
};
use reissue::{Sid, Timestamp};

use crate::inner::Inner;
use crate::keys;
use crate::millis::millis;
use crate::ready;
use crate::record::{self, END_OF_TIME};
use crate::reply::Status;
use crate::script;
use crate::store::RedisStore;
use crate::tag::Tag;

impl Store for RedisStore {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let idle = record::idle(create.idle.map(millis));
        let expires_at = create.expires_at.map(Timestamp::as_millis);
        let expires_at = expires_at.filter(|at| *at < END_OF_TIME);
        let expires_at = expires_at.map(|at| at.to_string()).unwrap_or_default();
        let (max, when_full) = match create.limit {
            None => (String::new(), ""),
            Some(limit) => {
                let when_full = match limit.when_full {
                    WhenFull::EvictOldest => "evict",
                    WhenFull::Refuse => "refuse",
                };
                (limit.max.max(1).to_string(), when_full)
            }
        };
        let arguments: [&[u8]; 5] = [
            &idle,
            expires_at.as_bytes(),
            &create.details,
            max.as_bytes(),
            when_full.as_bytes(),
        ];
        let reply = self
            .inner()
            .execute_on_family(&script::CREATE, create.subject, &create.sid, &arguments)
            .await?;
        match reply.status()? {
            Status::Done => Ok(Created::Done {
                evicted: reply.sids()?,
            }),
            Status::Full => Ok(Created::Full),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let reply = self.inner().advance(&advance).await?;
        match reply.status()? {
            Status::Done => Ok(Advanced::Done),
            Status::Missing => Ok(Advanced::Missing),
            Status::Record => Ok(Advanced::Conflict(reply.record()?)),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        let arguments: [&[u8]; 3] = [
            record::revision(&replace.revision),
            record::revision(&replace.next),
            &replace.details,
        ];
        let reply = self
            .inner()
            .execute_on_family(&script::REPLACE, replace.subject, &replace.sid, &arguments)
            .await?;
        match reply.status()? {
            Status::Done => Ok(Replaced::Done),
            Status::Missing => Ok(Replaced::Missing),
            Status::Record => Ok(Replaced::Conflict(reply.record()?)),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        let reply = self
            .inner()
            .execute_on_family(&script::LOAD, subject, &sid, &[])
            .await?;
        match reply.status()? {
            Status::Missing => Ok(None),
            Status::Record => Ok(reply.live_record()?),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let inner = self.inner();
        let cursor = cursor.map_or(0, |cursor| {
            let [a, b, c, d, e, f, g, h, ..] = *cursor.as_bytes();
            u64::from_be_bytes([a, b, c, d, e, f, g, h])
        });
        let limit = limit.clamp(1, MAX_PAGE);
        let (cursor, limit) = (cursor.to_string(), limit.to_string());
        let arguments: [&[u8]; 2] = [cursor.as_bytes(), limit.as_bytes()];
        let tag = Tag::new(subject.as_bytes(), &inner.attempt());
        let key = inner.subject_key(subject);
        let reply = inner
            .execute(&script::SESSIONS, &key, tag, &arguments)
            .await?;
        let (next, families) = reply.page()?;
        Ok(Page {
            families,
            next: (next != 0).then(|| {
                let mut cursor = [0; 16];
                cursor[..8].copy_from_slice(&next.to_be_bytes());
                Cursor::from_bytes(cursor)
            }),
        })
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        let inner = self.inner();
        let (about, which) = match &revoke {
            Revoke::All => (subject.as_bytes(), "all"),
            Revoke::AllBut(sid) => (sid.as_bytes(), "all-but"),
            Revoke::One(sid) => (sid.as_bytes(), "one"),
        };
        let key = inner.subject_key(subject);
        let tag = Tag::new(about, &inner.attempt());
        let reply = inner
            .revoke(&script::REVOKE, &key, tag, which.as_bytes())
            .await?;
        match reply.status()? {
            Status::Done => Ok(reply.count()?),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        let inner = self.inner();
        let (key, tag) = one_time_id(inner, consume.id);
        let millis = millis(consume.lifetime).min(END_OF_TIME).to_string();
        let reply = if consume.is_revocation {
            inner
                .revoke(&script::CONSUME, &key, tag, millis.as_bytes())
                .await?
        } else {
            inner
                .execute(&script::CONSUME, &key, tag, &[millis.as_bytes()])
                .await?
        };
        match reply.status()? {
            Status::Already => Ok(Consumed::Already),
            Status::Done => Ok(Consumed::First),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        let inner = self.inner();
        let (key, tag) = one_time_id(inner, id);
        let reply = inner.execute(&script::IS_CONSUMED, &key, tag, &[]).await?;
        match reply.status()? {
            Status::Already => Ok(true),
            Status::Missing => Ok(false),
            _ => Err(reply.unexpected().into()),
        }
    }

    async fn ready(&self) -> Result<Vec<Finding>, StoreError> {
        Ok(ready::check(self.inner()).await?)
    }
}

/// Returns the key of a single-use id, and the tag of a request about it.
pub(crate) fn one_time_id(inner: &Inner, id: OneTimeId) -> (Vec<u8>, Tag) {
    let mut about = [0; 16];
    about.copy_from_slice(&id.as_bytes()[..16]);
    let key = keys::one_time_id(&inner.settings().prefix, id);
    (key, Tag::new(&about, &inner.attempt()))
}

/// Keeps one page from holding up the server.
const MAX_PAGE: usize = 1_000;
