//! What a server told its operators.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reissue::event::Event;
use reissue_redis::{RedisStoreError, RedisStoreErrorKind};

/// Counts events, and remembers the kind of every error of the store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Witness(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    events: BTreeMap<String, usize>,
    kinds: Vec<RedisStoreErrorKind>,
}

impl Witness {
    /// How many events of that name there were.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.seen().events.get(name).copied().unwrap_or(0)
    }

    /// Of what kind the errors of the store were since the last time this was asked, in order.
    pub(crate) fn take_kinds(&self) -> Vec<RedisStoreErrorKind> {
        std::mem::take(&mut self.seen().kinds)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The function that takes events.
    pub(crate) fn function(&self) -> impl Fn(&Event<'_>) + Send + Sync + use<> {
        let witness = self.clone();
        move |event| witness.note(event)
    }

    fn note(&self, event: &Event<'_>) {
        let mut seen = self.seen();
        let text = format!("{event:?}");
        let name = text.split([' ', '{', '(']).next().unwrap_or_default();
        *seen.events.entry(name.to_owned()).or_default() += 1;
        if let Event::Failed {
            error: Some(error), ..
        } = event
        {
            let typed = typed(*error).map(RedisStoreError::kind);
            seen.kinds.extend(typed);
        }
    }
}

/// The typed source of an error, however deep.
fn typed<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a RedisStoreError> {
    match error.downcast_ref() {
        Some(typed) => Some(typed),
        None => typed(error.source()?),
    }
}
