//! What a session takes: in the process, on the memory store, and in Redis.

use std::env;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use reissue::client::{AuthenticatedClient, Client, ClientMap};
use reissue::store::{Advance, Attempt, Create, MemoryStore, Revision, Store as _, SubjectKey};
use reissue::{Grant, GrantType, Keys, Server, Sid};
use reissue_load::resident_bytes;
use reissue_redis::RedisStore;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::lab::Lab;
use crate::page::Page;
use crate::plot::{Chart, Line, lines};
use crate::table::{count, table};

/// Bytes per session.
pub(crate) struct Sessions {
    points: Vec<Point>,
}

struct Point {
    sessions: u32,
    memory: f64,
    redis: f64,
}

pub(crate) fn measure(lab: &Lab) -> Result<Sessions, Box<dyn Error>> {
    let mut points = Vec::new();
    for &sessions in lab.lengths.sessions {
        // A process of its own, which has freed nothing yet.
        let output = Command::new(env::current_exe()?)
            .args(["--fill-memory", &sessions.to_string()])
            .output()?;
        let redis = lab.redis()?;
        let empty = redis.used_memory();
        fill_redis(&redis.url(), sessions)?;
        let grown = redis.used_memory().saturating_sub(empty);
        points.push(Point {
            sessions,
            memory: String::from_utf8(output.stdout)?.trim().parse()?,
            redis: grown as f64 / f64::from(sessions),
        });
    }
    Ok(Sessions { points })
}

/// Fills the memory store of this process by logins, and prints the bytes per session.
pub(crate) fn fill_this_process(sessions: u32) -> Result<(), Box<dyn Error>> {
    let client = Client::public("web").with_grant_types([GrantType::PASSWORD]);
    let clients = ClientMap::new([client.clone()])?;
    let server = Server::builder(
        "https://id.example",
        Keys::generate(),
        clients,
        MemoryStore::new(),
    );
    let server = server.build()?;
    let client = AuthenticatedClient::trust(client);
    let runtime = Builder::new_current_thread().build()?;
    let log_in = |number: u32| {
        // As long as the subjects that user databases have.
        let grant = Grant::new(format!("{number:08x}-1f0a-4a55-9f7e-7d6c5b4a3f21"));
        let grant = grant.with_scope("openid read write".parse()?);
        runtime.block_on(server.issue(&client, GrantType::PASSWORD, grant))?;
        Ok::<_, Box<dyn Error>>(())
    };
    log_in(u32::MAX)?;
    let empty = resident_bytes(std::process::id())?;
    for number in 0..sessions {
        log_in(number)?;
    }
    let grown = resident_bytes(std::process::id())?.saturating_sub(empty);
    writeln!(io::stdout(), "{}", grown as f64 / f64::from(sessions))?;
    Ok(())
}

/// Sessions of a subject each, refreshed once, straight through the store: it is the store that is
/// measured.
fn fill_redis(url: &str, sessions: u32) -> Result<(), Box<dyn Error>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Arc::new(RedisStore::builder(url).build()?);
        let mut tasks = JoinSet::new();
        for part in 0..AT_ONCE {
            let store = store.clone();
            tasks.spawn(async move {
                for number in (part..sessions).step_by(AT_ONCE as usize) {
                    fill_one(&store, number).await?;
                }
                Ok::<_, String>(())
            });
        }
        for filled in tasks.join_all().await {
            filled?;
        }
        Ok(())
    })
}

async fn fill_one(store: &RedisStore, number: u32) -> Result<(), String> {
    let subject = SubjectKey::derive("https://id.example", &number.to_string());
    // As random as a digest.
    let sid = Sid::from_bytes(*SubjectKey::derive("sid", &number.to_string()).as_bytes());
    let create = Create {
        subject,
        sid,
        idle: Some(Duration::from_secs(30 * DAY)),
        expires_at: Some(
            reissue::Clock::now(&reissue::SystemClock) + Duration::from_secs(90 * DAY),
        ),
        details: DETAILS.into(),
        limit: None,
    };
    store
        .create(create)
        .await
        .map_err(|error| error.to_string())?;
    let advance = Advance {
        subject,
        sid,
        from: 0,
        to: 1,
        revision: Revision::ORIGINAL,
        attempt: Attempt::from_bytes(u64::from(number).to_be_bytes()),
        history: Duration::from_secs(60),
        idle: Some(Duration::from_secs(30 * DAY)),
    };
    store
        .advance(advance)
        .await
        .map_err(|error| error.to_string())?;
    Ok(())
}

impl Sessions {
    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("Memory of a session");
        page.text(
            "Plain sessions (one client, three scopes) of a subject each. On the memory store: what the process \
             grew by in RAM, per \
             session, after so many logins; for small numbers this is mostly what the allocator keeps in \
             reserve. In Redis: `used_memory`, each \
             session refreshed once.",
        );
        let bytes = |bytes: f64| format!("{} B", count(bytes));
        let rows: Vec<_> = self
            .points
            .iter()
            .map(|point| {
                vec![
                    count(f64::from(point.sessions)),
                    bytes(point.memory),
                    bytes(point.redis),
                    format!("{:.1} MB", point.redis * f64::from(point.sessions) / 1e6),
                ]
            })
            .collect();
        let head = [
            "sessions",
            "memory store, each",
            "Redis, each",
            "Redis, all",
        ];
        page.text(&table(&head, &rows));
        let line = |label: &str, bytes: fn(&Point) -> f64| Line {
            label: label.to_owned(),
            points: self
                .points
                .iter()
                .map(|point| (f64::from(point.sessions), bytes(point)))
                .collect(),
        };
        let chart = Chart {
            x: "sessions",
            y: "bytes per session",
            log_x: true,
            log_y: false,
        };
        let series = [
            line("memory store", |point| point.memory),
            line("Redis", |point| point.redis),
        ];
        lines(&page.plot("sessions.svg"), &chart, &series)?;
        page.image(
            "sessions.svg",
            "Bytes per session against the number of sessions",
        );
        Ok(())
    }
}

const AT_ONCE: u32 = 256;
const DAY: u64 = 86_400;

/// As long as those of a plain session.
const DETAILS: &str = r#"{"c":"web","p":"openid read write"}"#;
