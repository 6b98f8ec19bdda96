//! The one write of a refresh: a map entry that is swapped, or one `EVALSHA` that compares and
//! sets.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo as _, RedisError, Script};

use crate::tokens::Family;

pub(crate) enum Store {
    Memory(Mutex<HashMap<[u8; 16], u64>>),
    Redis {
        connection: MultiplexedConnection,
        digest: String,
    },
}

impl Store {
    pub(crate) async fn open(redis: Option<&str>) -> Result<Self, RedisError> {
        let Some(url) = redis else {
            return Ok(Self::Memory(Mutex::default()));
        };
        let info = url.into_connection_info()?;
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        // No time-out: it checks nothing, the time included.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let connection = Client::open(info)?
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        let script = Script::new(COMPARE_AND_SET);
        script.load_async(&mut connection.clone()).await?;
        Ok(Self::Redis {
            connection,
            digest: script.get_hash().to_owned(),
        })
    }

    pub(crate) async fn create(&self, family: Family) -> Option<()> {
        match self {
            Self::Memory(families) => {
                let mut families = families.lock().unwrap_or_else(PoisonError::into_inner);
                families.insert(family.id, family.generation);
                Some(())
            }
            Self::Redis { connection, .. } => redis::cmd("SET")
                .arg(&family.id)
                .arg(family.generation)
                .exec_async(&mut connection.clone())
                .await
                .ok(),
        }
    }

    /// From this generation to the next, which is in the response; nothing if it is another by now.
    pub(crate) async fn advance(&self, family: Family) -> Option<Family> {
        let next = Family {
            generation: family.generation + 1,
            ..family
        };
        match self {
            Self::Memory(families) => {
                let mut families = families.lock().unwrap_or_else(PoisonError::into_inner);
                let held = families.get_mut(&family.id)?;
                (*held == family.generation).then(|| *held = next.generation)?;
            }
            Self::Redis { connection, digest } => {
                let advanced: i64 = redis::cmd("EVALSHA")
                    .arg(digest)
                    .arg(1)
                    .arg(&family.id)
                    .arg(family.generation)
                    .arg(next.generation)
                    .query_async(&mut connection.clone())
                    .await
                    .ok()?;
                (advanced == 1).then_some(())?;
            }
        }
        Some(next)
    }
}

const COMPARE_AND_SET: &str = "\
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return 1
end
return 0";
