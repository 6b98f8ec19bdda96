//! Redis store for [Reissue](reissue): sessions that several processes share and that survive
//! restarts, on Redis 7.0 or newer and on Valkey, with one server, Sentinel, or Cluster.
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
//! * **One hash per subject, one field per session.** Every operation of
//!   [`Store`](reissue::store::Store), including "log out everywhere" and the session limit, is one
//!   script on one key. No operation spans slots of a cluster, and there is no index to maintain.
//!   The key is the prefix and the digest of the subject in base64url; the field is the `sid`.
//!   Single-use ids have keys of their own, with `c:` between prefix and digest.
//! * **One `EVALSHA` per refresh.** It runs a short script of three commands (`HGET`, `TIME`,
//!   `HSET`), which does the common refresh and nothing else. A refresh that is unusual takes a
//!   second one: after a conflict, at the end of a burst, and sixteen times in an idle lifetime,
//!   when the expiry of the key is moved. A server that does not know a script, after a flush, a
//!   restart or a failover, costs one additional `EVAL`.
//! * **Commands that wait are sent together**, except in a cluster.
//! * **The server's clock.** Scripts measure ages and deadlines by `TIME`.
//! * **Bounded size.** A session has the same size however often it is refreshed. A key expires
//!   after its last session, by at most a sixteenth of the idle lifetime, and expired sessions
//!   beside live ones are removed a few at a time at logins and unusual refreshes. Whether a
//!   session has expired is decided by its own record, to the millisecond.
//! * **Replies are matched to requests.** A reply that belongs to another request closes the
//!   connection and is an error.
//! * **Commands are idempotent.** When a connection breaks, the script is sent once more on another
//!   one, and the driver for clusters repeats commands too. A script that runs twice has the effect
//!   of once; only the number of sessions that a revocation returns may then be too low.
//!
//! # How to set Redis up
//!
//! * `maxmemory-policy noeviction`. An evicted session logs its user out, and reuse of its tokens
//!   goes unnoticed.
//! * `appendonly yes`, with `appendfsync everysec`, or `always` if a power failure must not lose
//!   any refresh.
//! * With replicas, `min-replicas-to-write 1` and `min-replicas-max-lag 10`: a master that is cut
//!   off then stops accepting refreshes that the failover would lose. Refreshes that are lost all
//!   the same are healed, up to eight generations of a session.
//! * With replicas, [durable revocation](RedisStoreBuilder::with_durable_revocation): a failover
//!   then does not bring back revoked sessions.
//! * `hash-max-listpack-value 64`, the default, is enough for plain sessions. With long client ids
//!   or many claims, 128 or 256 halves the memory of a session.
//! * The user needs `~reissue:*` and `+eval +evalsha +time +get +set +unlink +hget +hset +hdel
//!   +hlen +hvals +hgetall +hscan +hrandfield +persist +pexpireat +pexpiretime`; `+info
//!   +config|get` for all findings of `ready`, `+wait` for durable revocation, `+role` behind
//!   Sentinel, `+cluster|slots +cluster|myid +asking` in a cluster, and `+scan` to
//!   [export](reissue::store::transfer).
//!
//! [`ready`](reissue::store::Store::ready) reports these findings: `clock-skew`, `eviction-policy`,
//! `missing-rights`, `no-persistence`, `persistence-unknown`, `server-too-old`, `too-few-replicas`.
//!
//! # What it does not do
//!
//! It does not make Redis consistent. Replication is asynchronous, so a failover may lose the last
//! moments:
//!
//! * a lost refresh is healed when the client presents its newer token;
//! * a lost login must be repeated;
//! * a lost revocation stays lost, unless revocations are durable.
//!
//! The session limit of a subject is meant for hundreds of sessions, not for hundreds of thousands:
//! when it is reached, a login reads every session of the subject. If the limit was lowered until a
//! subject has over 1,000 sessions more than it allows, the surplus is removed in steps, so that no
//! login holds up the server: each login reads 1,000 sessions, drawn at random, and ends the oldest
//! of them; or it is refused, if the limit is set to refuse, until enough sessions have expired.
//!
//! A session that never expires keeps its key. If such a session is revoked beside more than 128
//! others, the key gets an expiry only from a later write that finds fewer.
//!
//! # Features
//!
//! * `tls` (default): connections by TLS, with rustls and aws-lc. If the process has installed no
//!   crypto provider of rustls, building a store with TLS installs aws-lc.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod advance;
mod builder;
mod durability;
mod error;
mod executor;
mod inner;
mod keys;
mod millis;
mod node;
mod ready;
mod record;
mod reply;
mod revoker;
mod script;
mod settings;
mod store;
mod tag;
mod topology;
mod transfer;
mod transport;
mod url;
mod verbs;

pub use crate::builder::RedisStoreBuilder;
pub use crate::error::{RedisStoreError, RedisStoreErrorKind};
pub use crate::store::RedisStore;
