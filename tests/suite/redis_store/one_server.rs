//! One server.

use reissue::store::contract;

use super::server::Server;

#[tokio::test]
async fn the_redis_store_keeps_the_contract() {
    contract::run(&Server::start()).await;
}

/// Every record in a table of its own entries, as details longer than 64 bytes make it.
#[tokio::test]
async fn the_redis_store_keeps_the_contract_without_listpacks() {
    let server = Server::with(&["--hash-max-listpack-entries", "0"]);
    contract::run(&server).await;
}
