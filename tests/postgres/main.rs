//! The Postgres store on servers that the tests start.

mod harness;

mod connections;
mod contract;
mod cost;
mod disk_full;
mod durability;
mod errors;
mod expiry;
mod failover;
mod faults;
mod isolation;
mod linearizability;
mod migrations;
mod pooler;
mod races;
mod readiness;
mod rights;
mod tls;
mod transfer;
