//! One server, and a proxy in front of it for each node.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{Arena, Dice, Fault};
use crate::Proxy;
use crate::proxy::{Afterwards, Command};
use crate::redis::RedisServer;

/// One server that has on its disk what it returns, and a proxy in front of it for each node.
#[derive(Debug)]
pub struct SingleArena {
    server: RedisServer,
    proxies: Arc<Vec<Proxy>>,
}

impl SingleArena {
    /// For so many nodes.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(nodes: usize) -> Self {
        let server = RedisServer::builder().durable().start();
        let proxies = (0..nodes).map(|_| Proxy::start(server.port())).collect();
        Self {
            server,
            proxies: Arc::new(proxies),
        }
    }

    /// Where each node finds it.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.proxies.iter().map(Proxy::url).collect()
    }

    /// The same fault again and again on some of the proxies, or on all.
    fn drizzle(&self, dice: &mut Dice, fault: impl Fn(&Proxy)) {
        let hit = 1 + dice.below(self.proxies.len());
        for _ in 0..dice.below(12) + 6 {
            for proxy in self.proxies.iter().take(hit) {
                fault(proxy);
            }
            thread::sleep(dice.millis(20, 80));
        }
        self.heal();
    }

    /// One fault that lasts.
    fn last(&self, dice: &mut Dice, (from, to): (u64, u64), fault: impl Fn(&Proxy)) {
        let hit = 1 + dice.below(self.proxies.len());
        for proxy in self.proxies.iter().take(hit) {
            fault(proxy);
        }
        thread::sleep(dice.millis(from, to));
        self.heal();
    }

    fn heal(&self) {
        for proxy in self.proxies.iter() {
            proxy.heal();
            // What is silent stays so: the node shall not have to find out after all is well.
            proxy.reset();
        }
    }
}

impl Arena for SingleArena {
    fn faults(&self) -> Vec<Fault<Self>> {
        vec![
            Fault::new("black hole", |it, dice| {
                it.last(dice, (300, 1_200), Proxy::black_hole);
            }),
            Fault::new("black hole for live connections", |it, dice| {
                it.last(dice, (300, 1_200), Proxy::black_hole_live);
            }),
            Fault::new("commands delivered twice", |it, dice| {
                it.last(dice, (300, 800), |proxy| proxy.duplicate_every(2, scripts));
            }),
            Fault::new("kill -9", |it, dice| {
                it.server.kill();
                thread::sleep(dice.millis(0, 500));
                it.server.restart();
            }),
            Fault::new("out of memory", |it, dice| {
                it.server.cli(&["CONFIG", "SET", "maxmemory", "1"]);
                thread::sleep(dice.millis(200, 800));
                it.server.cli(&["CONFIG", "SET", "maxmemory", "0"]);
            }),
            Fault::new("replies delayed", |it, dice| {
                let by = dice.millis(50, 700);
                it.last(dice, (300, 1_200), move |proxy| proxy.delay(by));
            }),
            Fault::new("replies dropped, connection closed", |it, dice| {
                it.last(dice, (300, 800), |proxy| {
                    proxy.drop_reply_of(3, Afterwards::Close, scripts);
                });
            }),
            Fault::new("replies dropped, then silence", |it, dice| {
                it.drizzle(dice, |proxy| {
                    proxy.drop_next_reply(Afterwards::Silence, scripts);
                });
            }),
            Fault::new("replies repeated", |it, dice| {
                it.drizzle(dice, |proxy| proxy.repeat_next_reply(scripts));
            }),
            Fault::new("replies swapped", |it, dice| {
                it.drizzle(dice, |proxy| proxy.swap_next_replies(scripts));
            }),
            Fault::new("replies truncated", |it, dice| {
                it.drizzle(dice, |proxy| proxy.truncate_next_reply(scripts));
            }),
            Fault::new("reset", |it, dice| it.drizzle(dice, Proxy::reset)),
            Fault::new("SCRIPT FLUSH", |it, dice| {
                for _ in 0..dice.below(20) + 5 {
                    it.server.cli(&["SCRIPT", "FLUSH"]);
                    thread::sleep(dice.millis(5, 40));
                }
            }),
            Fault::new("SIGSTOP", |it, dice| {
                it.server.stop();
                thread::sleep(dice.millis(100, 1_500));
                it.server.cont();
            }),
        ]
    }

    fn wait_until_well(&self) {
        crate::redis::wait_until("the server responds", Duration::from_secs(20), || {
            self.server.try_cli(&["PING"]).ok()
        });
    }

    /// Nothing is ever lost here.
    fn epoch(&self) -> String {
        String::new()
    }
}

/// What the store asks for.
fn scripts(command: &Command) -> bool {
    command.script().is_some()
}
