//! What every store promises.

use reissue::store::contract;
use reissue_postgres::PostgresStore;
use reissue_tests::postgres::shared_server;

use super::harness::Harness;

contract::tests!(
    #[tokio::test]
    Harness::new().await
);

/// One check after the other, with statements that are prepared and refreshes that are relaxed.
#[tokio::test]
async fn the_store_keeps_the_contract_with_every_switch_on() {
    let builder = PostgresStore::builder(shared_server().url())
        .with_prepared_statements()
        .with_relaxed_refreshes()
        .with_connections(3);
    for check in [
        "of_concurrent_advances_one_takes_effect",
        "concurrent_copies_of_an_advance_are_one",
        "concurrent_evictions_leave_the_limit",
        "no_advance_survives_a_revocation",
        "dropped_calls_hold_nothing_up",
    ] {
        contract::__private::check(&Harness::with(builder.clone()).await, check).await;
    }
}
