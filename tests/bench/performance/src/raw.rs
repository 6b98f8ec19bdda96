//! The script of a refresh, sent through the driver alone: what Redis and the driver cost without
//! the store around them.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, Script, Value};
use reissue::Sid;
use reissue::store::{Create, Store as _, SubjectKey};
use reissue_load::cpu_time;
use reissue_redis::RedisStore;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::table::median;

/// What one `EVALSHA` of the script costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    pub(crate) per_second: f64,
    /// Of the driver and the runtime, in microseconds.
    pub(crate) client_cpu: f64,
    pub(crate) redis_cpu: f64,
    /// From sending it to having the reply, in microseconds.
    pub(crate) round_trip: f64,
}

/// Advances this many sessions at once, again and again.
pub(crate) fn measure(
    url: &str,
    redis_pid: u32,
    at_once: usize,
    length: Duration,
) -> Result<Raw, Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let info = url.into_connection_info()?;
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = Client::open(info)?
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let script = Script::new(CODE);
        script.load_async(&mut connection.clone()).await?;
        let digest: Arc<str> = script.get_hash().into();
        let store = RedisStore::builder(url).build()?;
        let mut families = Vec::with_capacity(at_once);
        for number in 0..at_once {
            families.push(Family::create(&store, at_once, number).await?);
        }

        let until = Instant::now() + length;
        let before = (cpu_time(std::process::id())?, cpu_time(redis_pid)?);
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for family in families {
            tasks.spawn(family.advance(connection.clone(), digest.clone(), until));
        }
        let mut trips = Vec::new();
        for task in tasks.join_all().await {
            trips.extend(task?);
        }
        let elapsed = start.elapsed();
        let after = (cpu_time(std::process::id())?, cpu_time(redis_pid)?);
        let count = trips.len().max(1) as f64;
        let each = |time: Duration| time.as_secs_f64() * 1e6 / count;
        Ok(Raw {
            per_second: count / elapsed.as_secs_f64(),
            client_cpu: each(after.0.saturating_sub(before.0)),
            redis_cpu: each(after.1.saturating_sub(before.1)),
            round_trip: median(trips),
        })
    })
}

/// A session as the store has it.
struct Family {
    key: String,
    sid: Sid,
}

impl Family {
    /// A new one, whatever was measured on that Redis before.
    async fn create(
        store: &RedisStore,
        at_once: usize,
        number: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let subject = SubjectKey::derive("raw", &format!("{number} of {at_once}"));
        let sid = Sid::from_bytes((number as u128).to_be_bytes());
        let create = Create {
            subject,
            sid,
            idle: Some(IDLE),
            expires_at: None,
            details: DETAILS.into(),
            limit: None,
        };
        store.create(create).await?;
        let key = format!(
            "reissue:{}",
            BASE64_URL_SAFE_NO_PAD.encode(subject.as_bytes())
        );
        Ok(Self { key, sid })
    }

    /// How long each advance took, in microseconds.
    async fn advance(
        self,
        mut connection: MultiplexedConnection,
        digest: Arc<str>,
        until: Instant,
    ) -> Result<Vec<f64>, String> {
        let mut trips = Vec::new();
        let mut generation = 0_u64;
        while Instant::now() < until {
            let sent = Instant::now();
            let mut tag = self.sid.as_bytes().to_vec();
            tag.extend((generation + 1).to_be_bytes());
            tag.extend(&HISTORY.to_be_bytes()[2..]);
            tag.extend(&STEP.to_be_bytes()[2..]);
            let expected = beginning(generation);
            let reply: Value = redis::cmd("EVALSHA")
                .arg(&*digest)
                .arg(1)
                .arg(&self.key)
                .arg(&tag)
                .arg(&expected)
                .arg(beginning(generation + 1))
                .arg(format!(">c{}c8I5I6I5", expected.len()))
                .query_async(&mut connection)
                .await
                .map_err(|error| error.to_string())?;
            trips.push(sent.elapsed().as_secs_f64() * 1e6);
            if reply != Value::BulkString(tag) {
                return Err(format!("the script did not advance: {reply:?}"));
            }
            generation += 1;
        }
        Ok(trips)
    }
}

/// The script that the store sends first, which does a common refresh.
const CODE: &str = include_str!("../../../../crates/reissue-redis/src/scripts/advance_short.lua");

/// What a record begins with: version and flags, the generation, and an idle time of 720 hours.
fn beginning(mut generation: u64) -> Vec<u8> {
    let mut bytes = vec![0x42];
    while generation > 0x7f {
        bytes.push((generation & 0x7f) as u8 | 0x80);
        generation >>= 7;
    }
    bytes.push(generation as u8);
    bytes.extend([0xc3, 0x16]);
    bytes
}

const IDLE: Duration = Duration::from_secs(30 * 86_400);

/// Rotations of the last minute are remembered.
const HISTORY: u64 = 60_000;

/// A sixteenth of the idle time, in milliseconds.
const STEP: u64 = 162_000_000;

/// As long as those of a plain session.
const DETAILS: &str = r#"{"c":"web","p":"openid read write"}"#;
