//! One server.

use reissue::store::contract;
use reissue_tests::redis::RedisServer;

use super::harness::Harness;

#[tokio::test]
async fn the_redis_store_keeps_the_contract() {
    let server = RedisServer::start();
    contract::run(&Harness::on(&server)).await;
}

/// Every record in a table of its own entries, as details longer than 64 bytes make it.
#[tokio::test]
async fn the_redis_store_keeps_the_contract_without_listpacks() {
    let server = RedisServer::builder()
        .config("hash-max-listpack-entries 0")
        .start();
    contract::run(&Harness::on(&server)).await;
}
