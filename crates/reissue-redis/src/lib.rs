//! The Redis store of [Reissue](reissue): sessions that several nodes share and that outlive each of them, on Redis 7.0 or
//! newer and on Valkey; one server, Sentinel, or Cluster.
//!
//! ```no_run
//! use reissue::client::ClientMap;
//! use reissue::{Keys, Server};
//! use reissue_redis::RedisStore;
//!
//! # fn example(clients: ClientMap, keys: Keys) -> Result<(), Box<dyn std::error::Error>> {
//! let store = RedisStore::builder("redis-sentinel://10.0.0.1,10.0.0.2,10.0.0.3/main")
//!     .with_password(std::env::var("REDIS_PASSWORD")?)
//!     .build()?;
//! let server = Server::builder("https://id.example", keys, clients, store).build()?;
//! # Ok(()) }
//! ```
//!
//! # How it works
//!
//! * **One hash per subject, one field per session.** So every verb of [`Store`](reissue::store::Store), "log out everywhere"
//!   and the session limit included, is one script on one key: nothing crosses slots, and there is no index to keep in step.
//!   The key is the prefix and the subject's digest in base64url; the field is the `sid`. Single-use ids are keys of their
//!   own, with `c:` between prefix and digest.
//! * **One `EVALSHA` per refresh.** A server that does not know the script, after a flush, a restart or a failover, costs one
//!   `EVAL`.
//! * **The server's clock.** Ages and deadlines are measured by `TIME`, once for each script.
//! * **Nothing grows.** A session has the same size however often it is refreshed; keys expire with their last session,
//!   and expired sessions beside live ones are dropped a few at a time, whenever the hash is written.
//! * **Every reply says what it answers.** One that belongs to another request closes the connection and is an error.
//! * **Whatever is sent twice has the effect of one.** When a connection breaks, the script is sent once more on another,
//!   and clusters' drivers send again too. Only the *count* of a revocation may then be too low.
//!
//! # How to set Redis up
//!
//! * `maxmemory-policy noeviction`. An evicted session is a user logged out, and reuse that goes unnoticed.
//! * `appendonly yes`, with `appendfsync everysec`, or `always` if no refresh may be lost to a power failure.
//! * `min-replicas-to-write 1` and `min-replicas-max-lag 10` with replicas: a master that was cut off stops taking refreshes
//!   that the failover will lose. What is lost all the same the engine heals, up to eight generations of a session.
//! * [Durable revocation](RedisStoreBuilder::with_durable_revocation), with replicas: a failover does not bring back what was
//!   revoked.
//! * `hash-max-listpack-value 64`, the default, is enough for plain sessions; with long client ids or many claims, 128 or 256
//!   halves the memory of a session.
//! * The user needs `~reissue:*` and `+eval +evalsha +time +get +set +unlink +hget +hset +hdel +hlen +hvals +hgetall +hscan
//!   +hrandfield +persist +pexpireat +pexpiretime`; `+info +config|get` for all that `ready` looks at, `+wait` for durable
//!   revocation, `+role` behind Sentinel, `+cluster|slots +cluster|myid +asking` in a Cluster.
//!
//! [`ready`](reissue::store::Store::ready) reports, as findings: `clock-skew`, `eviction-policy`, `missing-rights`,
//! `no-persistence`, `persistence-unknown`, `server-too-old`, `too-few-replicas`.
//!
//! # What it is not
//!
//! It does not make Redis consistent: replication is asynchronous, and a failover may lose the last moments. A refresh lost
//! so is healed when the client comes with its newer token; a login lost so is a login again; a revocation lost so is lost,
//! unless durable. A subject's session limit looks at every session of that subject when it is reached: meant for hundreds,
//! not for hundreds of thousands. A limit that was lowered until a subject has over 1,000 sessions more than it allows is
//! reached in steps, so that no login keeps the server from others: each looks at 1,000 of them, drawn at random, and ends
//! the oldest, up to 1,000; or it is refused, where that was asked for, until enough have expired. A session that never
//! expires keeps its key, and if it is revoked beside more than 128 others, the key is given an expiry only by a later write
//! that finds fewer.
//!
//! # Features
//!
//! * `tls` (default): `rediss://`, by rustls with aws-lc. If several providers of rustls are built in and none was chosen for
//!   the process, building a store with TLS chooses aws-lc.

mod builder;
mod config;
mod durability;
mod error;
mod executor;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod ready;
mod record;
mod reply;
mod script;
mod shared;
mod store;
mod transport;
mod url;

pub use crate::builder::RedisStoreBuilder;
pub use crate::config::ConfigError;
pub use crate::error::{RedisStoreError, RedisStoreErrorKind};
pub use crate::store::RedisStore;
