//! Everything that was logged or reported, and the secrets that must not be in it.

use std::error::Error;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use reissue::store::{
    Advance, Advanced, Consume, Consumed, Create, Created, Cursor, MemoryStore, OneTimeId, Page,
    Record, Replace, Replaced, Revoke, Store, StoreError, SubjectKey,
};
use reissue::{Sid, Tokens};
use reissue_tests::{ManualClock, TestKeys, basic};
use tracing::Dispatch;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{DefaultGuard, NoSubscriber, set_default};

/// Everything that was logged or reported, and the secrets that must not be in it. Clones share
/// it.
#[derive(Clone, Default)]
pub(super) struct Evidence {
    said: Arc<Mutex<Vec<u8>>>,
    secrets: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// Everything that this thread logs from now on is evidence.
pub(super) fn capture() -> (Evidence, DefaultGuard) {
    LazyLock::force(&ANOTHER);
    let evidence = Evidence::default();
    let writer = evidence.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    (evidence, set_default(subscriber))
}

/// With one dispatcher only, `tracing` takes that of whichever thread comes first to a place that
/// logs, and another test's thread has none: the place would be silent from then on.
static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

impl Evidence {
    pub(super) fn note(&self, said: &dyn Debug) {
        self.raw(format!("{said:?}\n{said:#?}\n").as_bytes());
    }

    pub(super) fn error(&self, error: &(dyn Error + 'static)) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.raw(format!("{error}\n{error:?}\n").as_bytes());
            cause = error.source();
        }
    }

    pub(super) fn raw(&self, said: &[u8]) {
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend_from_slice(said);
        all.push(b'\n');
    }

    /// Adds a text that must not appear.
    pub(super) fn secret(&self, text: &str) {
        assert!(text.len() > 4, "too short to be looked for");
        self.forbid(text.as_bytes().to_vec());
    }

    /// Adds bytes that must not appear in any of the usual encodings.
    pub(super) fn secret_bytes(&self, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let list = format!("{bytes:?}");
        self.forbid(hex.to_uppercase().into_bytes());
        self.forbid(hex.into_bytes());
        self.forbid(list.trim_matches(['[', ']']).as_bytes().to_vec());
        self.forbid(BASE64_URL_SAFE_NO_PAD.encode(bytes).into_bytes());
        self.forbid(BASE64_STANDARD.encode(bytes).trim_end_matches('=').into());
        self.forbid(bytes.to_vec());
    }

    pub(super) fn client_secret(&self, secret: &str) {
        self.secret(secret);
        self.secret(&secret.replace(' ', "+").replace(':', "%3A"));
        let header = basic("web");
        self.secret(header.to_str().unwrap().trim_start_matches("Basic "));
    }

    pub(super) fn keys(&self, keys: &TestKeys) {
        self.secret_bytes(&keys.sealing_bytes());
        let pem = keys.signing.to_pem().unwrap();
        for line in pem.expose().lines().filter(|line| !line.starts_with('-')) {
            self.secret(line);
            let der = BASE64_STANDARD.decode(line).unwrap_or_default();
            if der.len() >= 48 {
                // The last 32 bytes of an Ed25519 key in PKCS#8 are the key, or the public key
                // behind it.
                self.secret_bytes(&der[16..48]);
            }
        }
    }

    /// The tokens themselves, whole and in parts, and what is inside the refresh token.
    pub(super) fn tokens(&self, keys: &TestKeys, tokens: &Tokens) {
        let refresh_token = tokens
            .refresh_token
            .as_ref()
            .map(reissue::RefreshToken::expose);
        self.token_texts(keys, tokens.access_token.expose(), refresh_token);
    }

    pub(super) fn token_texts(&self, keys: &TestKeys, access: &str, refresh: Option<&str>) {
        self.secret(access);
        self.secret(access.rsplit('.').next().unwrap());
        if let Some(refresh) = refresh {
            self.secret(refresh);
            self.secret(&refresh["v4.local.".len()..][..64]);
            self.secret_bytes(&keys.open(refresh).secret);
        }
    }

    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.windows(bytes.len()).any(|window| window == bytes)
    }

    pub(super) fn holds_no_secret(&self) {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(!secrets.is_empty());
        for secret in secrets.iter() {
            let shown = String::from_utf8_lossy(secret);
            assert!(!self.holds(secret), "{shown:?} was said");
        }
    }

    fn forbid(&self, secret: Vec<u8>) {
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if !secrets.contains(&secret) {
            secrets.push(secret);
        }
    }
}

impl io::Write for Evidence {
    fn write(&mut self, said: &[u8]) -> io::Result<usize> {
        self.raw(said);
        Ok(said.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A store that records all its input as evidence.
#[derive(Clone)]
pub(super) struct Overheard {
    inner: MemoryStore,
    evidence: Evidence,
}

impl Overheard {
    pub(super) fn new(clock: &ManualClock, evidence: &Evidence) -> Self {
        Self {
            inner: MemoryStore::with_clock(clock.clone()),
            evidence: evidence.clone(),
        }
    }

    fn hear(&self, told: &dyn Debug, bytes: &[&[u8]]) {
        self.evidence.note(told);
        for bytes in bytes {
            self.evidence.raw(bytes);
        }
    }
}

impl Store for Overheard {
    async fn create(&self, create: Create) -> Result<Created, StoreError> {
        let (subject, sid) = (create.subject.as_bytes(), create.sid.as_bytes());
        self.hear(&create, &[subject, sid, &create.details]);
        self.inner.create(create).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        let (subject, sid) = (advance.subject.as_bytes(), advance.sid.as_bytes());
        self.hear(&advance, &[subject, sid, advance.attempt.as_bytes()]);
        self.inner.advance(advance).await
    }

    async fn replace(&self, replace: Replace) -> Result<Replaced, StoreError> {
        self.hear(&replace, &[&replace.details]);
        self.inner.replace(replace).await
    }

    async fn load(&self, subject: SubjectKey, sid: Sid) -> Result<Option<Record>, StoreError> {
        self.hear(&(subject, sid), &[subject.as_bytes(), sid.as_bytes()]);
        self.inner.load(subject, sid).await
    }

    async fn sessions(
        &self,
        subject: SubjectKey,
        after: Option<Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        self.hear(&(subject, after, limit), &[subject.as_bytes()]);
        self.inner.sessions(subject, after, limit).await
    }

    async fn revoke(&self, subject: SubjectKey, revoke: Revoke) -> Result<u64, StoreError> {
        self.hear(&(subject, revoke), &[subject.as_bytes()]);
        self.inner.revoke(subject, revoke).await
    }

    async fn consume(&self, consume: Consume) -> Result<Consumed, StoreError> {
        self.hear(&consume, &[consume.id.as_bytes()]);
        self.inner.consume(consume).await
    }

    async fn is_consumed(&self, id: OneTimeId) -> Result<bool, StoreError> {
        self.hear(&id, &[id.as_bytes()]);
        self.inner.is_consumed(id).await
    }
}
