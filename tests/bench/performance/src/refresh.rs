//! A refresh and a refusal over HTTP, beside the servers that show what they cannot be faster than.

use std::error::Error;
use std::rc::Rc;

use reissue_tests::redis::RedisServer;

use crate::lab::Lab;
use crate::page::Page;
use crate::plot::{Bar, bars};
use crate::server::{Server, redis_pid};
use crate::table::{Spread, count, micros, ratio, table};
use crate::turns::{Subject, take_turns};

pub(crate) struct Refresh {
    /// Bare, limit, lean, token server.
    pub(crate) memory: Vec<Subject>,
    /// Limit, lean, token server.
    pub(crate) redis: Vec<Subject>,
    /// Bare, lean, token server.
    forgeries: Vec<Subject>,
    /// Bare, lean, token server.
    garbage: Vec<Subject>,
    /// Where the sessions of `redis` are.
    _redis_server: RedisServer,
    cores: [usize; 3],
}

/// What the limit takes over what the real thing takes, in CPU time.
#[derive(Clone, Copy)]
pub(crate) struct Shares {
    pub(crate) layer_alone: Spread,
    pub(crate) token_server: Spread,
}

pub(crate) fn measure(lab: &mut Lab) -> Result<Refresh, Box<dyn Error>> {
    let many = |lab: &Lab, name: &str| lab.sessions(name, SESSIONS);
    let mut memory = vec![
        Subject::new(BARE, lab.limit("bare", None)?, many(lab, "bare")),
        Subject::new(LIMIT, lab.limit("limit", None)?, many(lab, "limit")),
        Subject::new(LEAN, lab.limit("lean", None)?, many(lab, "lean")),
        Subject::new(REAL, lab.token_server("memory:")?, many(lab, "real")),
    ];
    take_turns(lab, &mut memory)?;

    let redis_server = lab.redis()?;
    let (url, pid) = (redis_server.url(), redis_pid(&redis_server)?);
    let on_redis =
        |name, server, sessions| Subject::new(name, server, sessions).with_store(move || vec![pid]);
    let limit = lab.limit("limit", Some(&url))?;
    let lean = lab.limit("lean", Some(&url))?;
    let real = lab.token_server(&url)?;
    let mut redis = vec![
        on_redis(LIMIT, limit, many(lab, "limit-redis")),
        on_redis(LEAN, lean, many(lab, "lean-redis")),
        on_redis(REAL, real, many(lab, "real-redis")),
    ];
    take_turns(lab, &mut redis)?;

    let refused: Rc<Server> = lab.limit("refusal", None)?.into();
    let refuse = |lab: &mut Lab, what: &'static [&'static str]| {
        let present = |name, server: &Rc<Server>, of: &Subject| {
            Subject::new(name, server.clone(), of.sessions.clone()).with_arguments(what)
        };
        let mut subjects = vec![
            present(BARE, &refused, &memory[3]),
            present(LEAN, &memory[2].server, &memory[2]),
            present(REAL, &memory[3].server, &memory[3]),
        ];
        take_turns(lab, &mut subjects)?;
        Ok::<_, Box<dyn Error>>(subjects)
    };
    // Authentic tokens with one character changed: the most that can be wrong before the store is
    // asked.
    let forgeries = refuse(lab, &["--forged"])?;
    let garbage = refuse(lab, &["--garbage"])?;
    let cores = [lab.cores.server, lab.cores.load, lab.cores.store];
    Ok(Refresh {
        memory,
        redis,
        forgeries,
        garbage,
        _redis_server: redis_server,
        cores,
    })
}

impl Refresh {
    pub(crate) fn memory_shares(&self) -> Shares {
        Shares::of(&self.memory[2..], &self.memory[1])
    }

    pub(crate) fn redis_shares(&self) -> Shares {
        Shares::of(&self.redis[1..], &self.redis[0])
    }

    pub(crate) fn forgery_shares(&self) -> Shares {
        Shares::of(&self.forgeries[1..], &self.forgeries[0])
    }

    pub(crate) fn garbage_shares(&self) -> Shares {
        Shares::of(&self.garbage[1..], &self.garbage[0])
    }

    pub(crate) fn write(&self, page: &mut Page) -> Result<(), Box<dyn Error>> {
        let [server, load, redis] = self.cores;
        page.section("Refreshes over HTTP");
        page.text(&format!(
            "{SESSIONS} sessions of a public client in a closed loop, each on a keep-alive connection of its own \
             and with its \
             newest token. The server has core {server} to itself; the load generator is on core {load}, Redis \
             on core {redis}. The servers \
             take turns in slices; a ratio is the median of the ratios of slices that follow each other, with \
             the middle half of them in brackets. CPU time is the \
             steadier figure on a machine that others use, too.",
        ));
        page.text("**On the memory store**");
        page.text(&Self::table(&self.memory, &self.memory[1]));
        page.text("**On Redis**");
        page.text(&Self::table_with_redis(&self.redis, &self.redis[0]));
        page.text(
            "**Denied forgeries**: authentic tokens with one character changed, so that the server has to \
             authenticate them. The limit is bare hyper, which returns a fixed denial.",
        );
        page.text(&Self::table(&self.forgeries, &self.forgeries[0]));
        page.text("**Denied garbage**: text of the same length that is no token.");
        page.text(&Self::table(&self.garbage, &self.garbage[0]));
        let bar = |group: &str, subject: &Subject| Bar {
            label: format!("{}, {group}", subject.name),
            value: subject.cpu(),
        };
        let mut all: Vec<_> = self
            .memory
            .iter()
            .map(|subject| bar("memory", subject))
            .collect();
        all.extend(self.redis.iter().map(|subject| bar("Redis", subject)));
        all.extend(self.forgeries.iter().map(|subject| bar("forgery", subject)));
        all.extend(self.garbage.iter().map(|subject| bar("garbage", subject)));
        bars(
            &page.plot("refresh.svg"),
            "CPU of the server per request, µs",
            &all,
        )?;
        page.image("refresh.svg", "CPU time of the server per request");
        page.text(
            "*Bare hyper* reads the form and returns a fixed body of the same size. The *limit* also decrypts \
             one `v4.local` token, encrypts one, signs one access token and swaps a map entry, or sends one \
             compare-and-set by `EVALSHA`, and checks nothing. \
             *Layer alone* is the middleware itself on the same bare hyper. The \
             *token server* is the example as it is released: axum, routes, time-outs, log. All of them have the \
             same allocator; on \
             one core, each runs on one thread.",
        );
        Ok(())
    }

    fn table(subjects: &[Subject], limit: &Subject) -> String {
        let head = [
            "server",
            "per second",
            "CPU",
            "CPU of the load",
            "limit / CPU",
            "rate / limit",
        ];
        let rows: Vec<_> = subjects
            .iter()
            .map(|subject| {
                vec![
                    subject.name.to_owned(),
                    count(subject.per_second()),
                    micros(subject.cpu()),
                    micros(subject.load_cpu()),
                    subject.cpu_ratio_to(limit).to_string(),
                    ratio(subject.rate_ratio_to(limit)),
                ]
            })
            .collect();
        table(&head, &rows)
    }

    fn table_with_redis(subjects: &[Subject], limit: &Subject) -> String {
        let head = [
            "server",
            "per second",
            "CPU",
            "CPU in Redis",
            "CPU of the load",
            "limit / CPU",
            "rate / limit",
        ];
        let rows: Vec<_> = subjects
            .iter()
            .map(|subject| {
                vec![
                    subject.name.to_owned(),
                    count(subject.per_second()),
                    micros(subject.cpu()),
                    micros(subject.store_cpu()),
                    micros(subject.load_cpu()),
                    subject.cpu_ratio_to(limit).to_string(),
                    ratio(subject.rate_ratio_to(limit)),
                ]
            })
            .collect();
        table(&head, &rows)
    }
}

impl Shares {
    /// Of the layer alone and the token server, in this order.
    fn of(real: &[Subject], limit: &Subject) -> Self {
        Self {
            layer_alone: real[0].cpu_ratio_to(limit),
            token_server: real[1].cpu_ratio_to(limit),
        }
    }
}

const SESSIONS: usize = 64;

const BARE: &str = "bare hyper";
const LEAN: &str = "layer alone";
const LIMIT: &str = "limit";
const REAL: &str = "token server";
