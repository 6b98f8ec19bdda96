//! `ready`.

use super::Harness;
use crate::store::Store as _;

/// A store that the harness has just made can serve. It may have findings: test set-ups seldom
/// persist.
pub(super) async fn a_fresh_store_is_ready(harness: &impl Harness) {
    let ready = harness.store().await.ready().await;
    assert!(ready.is_ok(), "{ready:?}");
}
