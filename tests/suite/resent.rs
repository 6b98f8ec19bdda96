//! Drivers and proxies send commands twice: once is what they do.

use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, MemoryStore, OneTimeId, Page,
    Record, Replace, Replaced, Revision, Revoke, Store, StoreError, SubjectKey,
};
use reissue::{PresentedToken, Sid};
use reissue_tests::{Engine, ManualClock, trusted};

#[tokio::test]
async fn a_command_that_is_sent_twice_advances_once() {
    let engine = resending();
    let mut token = engine.login().await;
    for generation in 1..=5 {
        token = engine.successor(&token).await;
        assert_eq!(engine.generation_of(&token), generation);
        let (_, record) = engine.only_record().await.unwrap();
        assert_eq!((record.generation, record.conflicts), (generation, 0));
    }
    let events = engine.events.take_names();
    assert_eq!(events.iter().filter(|name| *name == "Refreshed").count(), 5);
    assert_eq!(events.len(), 6, "{events:?}");
}

#[tokio::test]
async fn a_retry_that_is_sent_twice_is_a_retry() {
    let engine = resending();
    let token = engine.login().await;
    engine.successor(&token).await;
    let successor = engine.successor(&token).await;
    assert_eq!(engine.generation_of(&successor), 1);
    assert_eq!(engine.generation().await, Some(1));
}

#[tokio::test]
async fn a_change_that_is_sent_twice_is_made_once() {
    let engine = resending();
    let token = engine.login().await;
    let (sid, _) = engine.only_record().await.unwrap();
    let narrow = |grant: &mut reissue::Grant| grant.scope = "read".parse().unwrap();
    let amended = engine.server.amend_session("alice", sid, narrow).await;
    assert_eq!(amended.unwrap(), reissue::AmendOutcome::Done);
    let (_, record) = engine.only_record().await.unwrap();
    assert_eq!(
        record.revision,
        Revision::ORIGINAL.next(&record.details),
        "once"
    );
    let tokens = engine.refresh(&token).await.unwrap();
    assert_eq!(tokens.scope.as_str(), "read");
}

#[tokio::test]
async fn a_revocation_that_is_sent_twice_is_one() {
    let engine = resending();
    let token = engine.login().await;
    engine
        .server
        .revoke(&trusted("web"), PresentedToken::new(&token))
        .await
        .unwrap();
    assert_eq!(engine.generation().await, None);
    assert!(engine.refresh(&token).await.is_err());
}

/// Every command arrives twice, and the second reply is the one that is heard.
#[derive(Clone)]
struct Resending(MemoryStore);

fn resending() -> Engine<Resending> {
    let clock = ManualClock::default();
    let store = Resending(MemoryStore::with_clock(clock.clone()));
    Engine::over(store, &clock, |server| server)
}

impl Store for Resending {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        self.0.create(create.clone()).await?;
        self.0.create(create).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.0.advance(advance).await?;
        self.0.advance(advance).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.0.replace(replace.clone()).await?;
        self.0.replace(replace).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.0.load(subject, sid).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.0.sessions(subject, after, limit).await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.0.revoke(subject, revoke).await?;
        self.0.revoke(subject, revoke).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.0.consume(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.0.is_consumed(id).await
    }
}
