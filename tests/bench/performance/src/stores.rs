//! The token server on each of its stores, side by side.

use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use reissue_tests::postgres::{Pgbench, PostgresServer};
use reissue_tests::redis::RedisServer;

use crate::cores::pinned;
use crate::lab::Lab;
use crate::page::Page;
use crate::server::redis_pid;
use crate::table::{count, micros, ratio, table};
use crate::turns::{Subject, take_turns};

pub(crate) struct Stores {
    /// In the order of the names below.
    subjects: Vec<Subject>,
    /// Rotations a second: `pgbench`, and `pgbench` with relaxed commits.
    pgbench: [f64; 2],
    _redis: RedisServer,
    _postgres: Rc<PostgresServer>,
}

pub(crate) fn measure(lab: &mut Lab) -> Result<Stores, Box<dyn Error>> {
    let redis = lab.redis()?;
    let redis_pid = redis_pid(&redis)?;
    let postgres = Rc::new(lab.postgres()?);
    let relaxed_postgres = Rc::new(lab.postgres()?);
    let mut subjects = Vec::new();
    for name in NAMES {
        let sqlite = |file: &str| format!("sqlite:{}", lab.database(file).display());
        let server = match name {
            MEMORY => lab.token_server("memory:")?,
            SQLITE => lab.token_server(&sqlite("sessions.db"))?,
            SQLITE_RELAXED => {
                let refresh = "\n[sqlite]\nrefresh = \"relaxed\"\n";
                lab.token_server_with("sqlite", &sqlite("relaxed.db"), refresh)?
            }
            POSTGRES => {
                let prepared = "\n[postgres]\nprepared_statements = true\n";
                lab.token_server_with("postgres", &postgres.url(), prepared)?
            }
            POSTGRES_RELAXED => {
                let relaxed = "\n[postgres]\nprepared_statements = true\nrefresh = \"relaxed\"\n";
                lab.token_server_with("relaxed", &relaxed_postgres.url(), relaxed)?
            }
            _ => lab.token_server(&redis.url())?,
        };
        let sessions = lab.sessions(&format!("on {name}"), SESSIONS);
        let subject = Subject::new(name, server, sessions);
        subjects.push(match name {
            POSTGRES => with_processes(subject, &postgres),
            POSTGRES_RELAXED => with_processes(subject, &relaxed_postgres),
            REDIS => subject.with_store(move || vec![redis_pid]),
            _ => subject,
        });
    }
    take_turns(lab, &mut subjects)?;
    let pgbench = [
        raw(lab, &postgres, false)?,
        raw(lab, &relaxed_postgres, true)?,
    ];
    Ok(Stores {
        subjects,
        pgbench,
        _redis: redis,
        _postgres: postgres,
    })
}

/// Each connection has a process of its own.
fn with_processes(subject: Subject, server: &Rc<PostgresServer>) -> Subject {
    let server = Rc::clone(server);
    subject.with_store(move || server.pids())
}

/// What Postgres can do at most: `pgbench` has the core that the token server had.
fn raw(lab: &Lab, server: &PostgresServer, is_relaxed: bool) -> Result<f64, Box<dyn Error>> {
    let pgbench = Pgbench {
        connections: CONNECTIONS,
        sessions: SESSIONS / CONNECTIONS,
        time: Duration::from_secs(if lab.lengths.is_quick { 1 } else { 5 }),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(pgbench.fill(server));
    Ok(pinned(lab.cores.server, || {
        pgbench.rotations(server, true, is_relaxed)
    })?)
}

impl Stores {
    pub(crate) fn on_relaxed_sqlite(&self) -> &Subject {
        self.of(SQLITE_RELAXED)
    }

    /// Refreshes a second on SQLite, relaxed, over those on memory.
    pub(crate) fn sqlite_share(&self) -> f64 {
        self.of(SQLITE_RELAXED).rate_ratio_to(self.of(MEMORY))
    }

    /// Refreshes a second on Postgres over the rotations of `pgbench`.
    pub(crate) fn postgres_share(&self) -> f64 {
        self.of(POSTGRES).per_second() / self.pgbench[0]
    }

    /// CPU time of Redis for a refresh, in microseconds.
    pub(crate) fn redis_cpu(&self) -> f64 {
        self.of(REDIS).store_cpu()
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        page.section("The stores side by side");
        page.text(&format!(
            "The token server on each store: {SESSIONS} sessions of a public client in a closed loop. The token \
             server has a core to itself; the database server, where there is one, shares the other with the \
             load generator. SQLite is part of the token server, so its work is in the CPU time of that. \
             *Relaxed* confirms a refresh before it is on the disk.",
        ));
        let rows: Vec<_> = self.subjects.iter().map(|it| self.row(it)).collect();
        let head = [
            "store",
            "per second",
            "share of memory",
            "50 %",
            "99 %",
            "CPU of the server",
            "CPU of the store",
        ];
        page.text(&table(&head, &rows));
        let [strict, relaxed] = self.pgbench;
        page.text(&format!(
            "`pgbench`, in the place of the token server and with the statement that it sends, from {CONNECTIONS} \
             connections: {} per second, and {} relaxed. The token server reaches {} and {} of that.",
            count(strict),
            count(relaxed),
            ratio(self.postgres_share()),
            ratio(self.of(POSTGRES_RELAXED).per_second() / relaxed),
        ));
        Ok(())
    }

    fn row(&self, subject: &Subject) -> Vec<String> {
        let has_process = [POSTGRES, POSTGRES_RELAXED, REDIS].contains(&subject.name);
        vec![
            subject.name.to_owned(),
            count(subject.per_second()),
            ratio(subject.rate_ratio_to(self.of(MEMORY))),
            micros(subject.p50()),
            micros(subject.p99()),
            micros(subject.cpu()),
            if has_process {
                micros(subject.store_cpu())
            } else {
                String::new()
            },
        ]
    }

    fn of(&self, name: &str) -> &Subject {
        let mut subjects = self.subjects.iter();
        let subject = subjects.find(|subject| subject.name == name);
        subject.expect("all of them were measured")
    }
}

const SESSIONS: usize = 64;

/// As many as the token server has.
const CONNECTIONS: usize = 16;

const MEMORY: &str = "memory";
const SQLITE: &str = "SQLite";
const SQLITE_RELAXED: &str = "SQLite, relaxed";
const POSTGRES: &str = "Postgres";
const POSTGRES_RELAXED: &str = "Postgres, relaxed";
const REDIS: &str = "Redis";

const NAMES: [&str; 6] = [
    MEMORY,
    SQLITE,
    SQLITE_RELAXED,
    POSTGRES,
    POSTGRES_RELAXED,
    REDIS,
];
