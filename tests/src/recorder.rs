//! An event sink that records all events.

use std::sync::{Arc, Mutex, PoisonError};

use reissue::event::Event;

/// Remembers every event as its `Debug` text. Clones share their memory.
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    /// Returns all events since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same, by name only: `Refreshed`, `Reused`, …
    #[must_use]
    pub fn take_names(&self) -> Vec<String> {
        let name = |event: String| {
            let end = event.find([' ', '{', '(']).unwrap_or(event.len());
            event[..end].to_owned()
        };
        self.take().into_iter().map(name).collect()
    }

    /// The function that remembers.
    pub fn function(&self) -> impl Fn(&Event<'_>) + Send + Sync + use<> {
        let recorder = self.clone();
        move |event| {
            let mut events = recorder.0.lock().unwrap_or_else(PoisonError::into_inner);
            events.push(format!("{event:?}"));
        }
    }
}
