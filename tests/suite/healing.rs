//! A store that lost writes: the record is fast-forwarded up to the heal limit, and never set back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reissue::store::{
    Advance, Advanced, Attempt, Consume, Consumed, Create, Created, Cursor, MemoryStore, OneTimeId,
    Page, Record, Replace, Replaced, Revision, Revoke, Store, StoreError, SubjectKey,
};
use reissue::{Denial, Policy, Sid};
use reissue_tests::{Engine, ManualClock, subject_key, trusted};

#[tokio::test]
async fn a_store_that_lost_up_to_eight_generations_is_healed_forward() {
    for lost in 1..=8 {
        let engine = Engine::new();
        let tokens = chain(&engine, 10).await;
        roll_back(&engine, 10 - lost).await;
        drop(engine.events.take());
        let successor = engine.successor(&tokens[10]).await;
        assert_eq!(engine.generation_of(&successor), 11);
        assert_eq!(engine.generation().await, Some(11));
        let events = engine.events.take();
        let [healed] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert!(healed.starts_with("Healed"), "{healed}");
        assert!(
            healed.ends_with(&format!("from: {}, to: 11 }}", 10 - lost)),
            "{healed}"
        );
        assert_eq!(
            engine.generation_of(&engine.successor(&successor).await),
            12
        );
    }
}

#[tokio::test]
async fn a_store_that_lost_more_is_not_believed_and_the_session_ends() {
    let engine = Engine::new();
    let tokens = chain(&engine, 10).await;
    roll_back(&engine, 1).await;
    drop(engine.events.take());
    let form = format!("grant_type=refresh_token&refresh_token={}", tokens[10]);
    let refused = engine.post(&form).await;
    assert_eq!(refused.summary(), "400 invalid_grant");
    assert_eq!(refused.denial, Some(Denial::RolledBack));
    assert_eq!(
        engine.events.take_names(),
        ["Revoked", "StoreRollback", "Denied"]
    );
    assert_eq!(engine.generation().await, None);
    // Whoever holds an older, stolen token does not go on where the client may not.
    for token in &tokens {
        assert_eq!(
            engine.refresh(token).await.err(),
            Some(Denial::SessionMissing)
        );
    }
}

#[tokio::test]
async fn without_a_heal_limit_a_token_after_a_lost_write_is_denied() {
    let engine = Engine::with_policy(Policy::builder().with_heal_limit(0).build().unwrap());
    let tokens = chain(&engine, 2).await;
    roll_back(&engine, 1).await;
    assert_eq!(
        engine.refresh(&tokens[2]).await.err(),
        Some(Denial::RolledBack)
    );
    assert_eq!(engine.generation().await, None);
}

#[tokio::test]
async fn what_healing_skipped_is_superseded_with_it() {
    let engine = Engine::new();
    let tokens = chain(&engine, 5).await;
    roll_back(&engine, 3).await;
    engine.successor(&tokens[5]).await;
    let retried = engine.successor(&tokens[5]).await;
    assert_eq!(engine.generation_of(&retried), 6);
    for old in [3, 4] {
        let retried = engine.successor(&tokens[old]).await;
        assert_eq!(engine.generation_of(&retried), 6);
    }
    assert_eq!(engine.generation().await, Some(6));
    engine.clock.advance(Duration::from_secs(60));
    assert_eq!(
        engine.refresh(&tokens[4]).await.err(),
        Some(Denial::TokenReused)
    );
    assert_eq!(
        engine.refresh(&retried).await.err(),
        Some(Denial::SessionMissing)
    );
}

#[tokio::test]
async fn healing_follows_the_grant_of_the_record() {
    let engine = Engine::new();
    let tokens = chain(&engine, 3).await;
    roll_back(&engine, 1).await;
    let (sid, _) = engine.only_record().await.unwrap();
    let amended = engine.server.amend_session("alice", sid, |grant| {
        grant.scope = "read".parse().unwrap();
    });
    assert_eq!(amended.await.unwrap(), reissue::AmendOutcome::Done);
    let healed = engine.refresh(&tokens[3]).await.unwrap();
    assert_eq!(healed.scope.as_str(), "read");
    assert_eq!(engine.generation().await, Some(4));
}

#[tokio::test]
async fn a_change_that_the_store_lost_is_lost_and_nothing_else() {
    let engine = Engine::new();
    let token = engine.login().await;
    let (sid, record) = engine.only_record().await.unwrap();
    let amended = engine.server.amend_session("alice", sid, |grant| {
        grant.scope = "read".parse().unwrap();
    });
    assert_eq!(amended.await.unwrap(), reissue::AmendOutcome::Done);
    let narrowed = engine.successor(&token).await;
    restore(&engine, sid, &record).await;
    let healed = engine.refresh(&narrowed).await.unwrap();
    assert_eq!(healed.scope.as_str(), "openid read write");
    assert_eq!(engine.generation().await, Some(2));
}

#[tokio::test]
async fn of_two_changes_between_which_the_store_was_restored_the_record_has_the_last_word() {
    for (lost, made) in [("openid read", "read"), ("read", "openid read")] {
        let engine = Engine::new();
        let token = engine.login().await;
        let (sid, record) = engine.only_record().await.unwrap();
        amend(&engine, sid, lost).await;
        let of_the_lost = engine.successor(&token).await;
        restore(&engine, sid, &record).await;
        amend(&engine, sid, made).await;

        let healed = engine.refresh(&of_the_lost).await.unwrap();
        assert_eq!(healed.scope.as_str(), made);
        let next = healed.refresh_token.unwrap();
        assert_eq!(engine.keys.open(next.expose()).scope, made);
        let asked = reissue::RefreshRequest::new(next).with_scope("openid".parse().unwrap());
        let asked = engine.server.refresh(&trusted("web"), asked).await;
        assert_eq!(asked.is_ok(), made.contains("openid"));
    }
}

#[tokio::test]
async fn the_same_change_made_again_after_the_store_lost_it_is_the_same_change() {
    let engine = Engine::new();
    let token = engine.login().await;
    let (sid, record) = engine.only_record().await.unwrap();
    amend(&engine, sid, "read").await;
    let narrowed = engine.successor(&token).await;
    restore(&engine, sid, &record).await;
    amend(&engine, sid, "read").await;
    let (_, amended) = engine.only_record().await.unwrap();
    assert_eq!(engine.keys.open(&narrowed).revision, amended.revision);
    assert!(engine.refresh(&narrowed).await.is_ok());
}

#[tokio::test]
async fn a_session_that_the_store_lost_is_not_recreated() {
    let engine = Engine::new();
    let tokens = chain(&engine, 2).await;
    let revoke = engine.store.revoke(subject_key(), Revoke::All);
    assert_eq!(revoke.await.unwrap(), 1);
    for token in &tokens {
        assert_eq!(
            engine.refresh(token).await.err(),
            Some(Denial::SessionMissing)
        );
    }
    assert_eq!(engine.generation().await, None);
}

#[tokio::test]
async fn a_session_that_changes_under_every_attempt_is_unavailable_in_the_end() {
    for restless in [Restless::Changed, Restless::Current, Restless::Ahead] {
        let clock = ManualClock::default();
        let store = Contended {
            inner: MemoryStore::with_clock(clock.clone()),
            restless,
            advances: Arc::default(),
        };
        let engine = Engine::over(store.clone(), &clock, |server| server);
        let token = engine.login().await;
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        let response = engine.post(&form).await;
        assert_eq!(
            response.summary(),
            "503 temporarily_unavailable",
            "{restless:?}"
        );
        assert_eq!(response.headers["retry-after"], "1");
        assert_eq!(response.denial, Some(Denial::Contention));
        let advances = store.advances.load(Ordering::SeqCst);
        assert!((2..=8).contains(&advances), "{advances} attempts");
        assert_eq!(engine.generation().await, Some(0));
    }
}

/// The result of the store for every attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Restless {
    /// That it is behind.
    Ahead,
    /// That the grant has just changed again.
    Changed,
    /// What the engine expects, but not that it was done.
    Current,
}

/// Never lets an advance through.
#[derive(Clone)]
struct Contended {
    inner: MemoryStore,
    restless: Restless,
    advances: Arc<AtomicU64>,
}

impl Store for Contended {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        self.inner.create(create).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let before = self.advances.fetch_add(1, Ordering::SeqCst);
        let record = self.load(advance.subject, advance.sid).await?;
        let mut record = record.expect("the session lives");
        match self.restless {
            Restless::Ahead => record.generation = 0,
            Restless::Changed => record.revision = record.revision.next(&before.to_be_bytes()),
            Restless::Current => {}
        }
        Ok(Advanced::Conflict(record))
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.inner.replace(replace).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.inner.load(subject, sid).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.inner.sessions(subject, after, limit).await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.inner.revoke(subject, revoke).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.inner.consume(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.inner.is_consumed(id).await
    }
}

/// Logs in and refreshes so often; the token of generation n is the nth.
async fn chain(engine: &Engine, refreshes: usize) -> Vec<String> {
    let mut tokens = vec![engine.login().await];
    for _ in 0..refreshes {
        let newest = tokens.last().expect("there is the first one");
        tokens.push(engine.successor(newest).await);
    }
    tokens
}

/// The store is as it was when this generation was current.
async fn roll_back(engine: &Engine, generation: u64) {
    let (sid, record) = engine.only_record().await.unwrap();
    restore(
        engine,
        sid,
        &Record {
            generation,
            ..record
        },
    )
    .await;
}

async fn amend(engine: &Engine, sid: Sid, scope: &str) {
    let amended = engine.server.amend_session("alice", sid, |grant| {
        grant.scope = scope.parse().unwrap();
    });
    assert_eq!(amended.await.unwrap(), reissue::AmendOutcome::Done);
}

async fn restore(engine: &Engine, sid: Sid, record: &Record) {
    let (store, subject) = (&engine.store, subject_key());
    store.revoke(subject, Revoke::One(sid)).await.unwrap();
    let create = Create {
        subject,
        sid,
        idle: None,
        expires_at: record.deadline,
        details: record.details.clone(),
        limit: None,
    };
    store.create(create).await.unwrap();
    if record.generation > 0 {
        let advance = Advance {
            subject,
            sid,
            from: 0,
            to: record.generation,
            revision: Revision::ORIGINAL,
            attempt: Attempt::from_bytes([7; 8]),
            history: Duration::from_secs(60),
            idle: None,
        };
        assert_eq!(store.advance(advance).await.unwrap(), Advanced::Done);
    }
}
