//! The switches in the hand of the test.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::command::Command;
use super::connection::serve;
use super::rules::{Afterwards, Fault};
use super::shared::Shared;

/// A proxy in front of a server on this machine. Passes everything on until told otherwise, and
/// ends when dropped.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy in front of the server on this port of the loopback interface.
    ///
    /// # Panics
    ///
    /// When it cannot listen.
    #[must_use]
    pub fn start(upstream_port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        listener
            .set_nonblocking(true)
            .expect("sockets need not block");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared::new(upstream_port));
        let (stop, stopped) = oneshot::channel();
        let thread = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || serve(listener, &shared, stopped))
        };
        Self {
            port: address.port(),
            shared,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens, for a server without a password.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Every reply arrives so much later: what was asked is done at once, and the client learns of
    /// it late.
    pub fn delay(&self, by: Duration) {
        self.shared.switch(|switches| switches.reply_delay = by);
    }

    /// Every command arrives so much later, whether the client still waits for it or not.
    pub fn delay_commands(&self, by: Duration) {
        self.shared.switch(|switches| switches.command_delay = by);
    }

    /// Nothing passes any more on any connection. New ones are accepted, and pass nothing either.
    pub fn black_hole(&self) {
        self.shared
            .switch(|switches| switches.dark_below = u64::MAX);
    }

    /// Nothing passes any more on the connections there are; new ones are healthy.
    pub fn black_hole_live(&self) {
        let opened = self.shared.opened();
        self.shared.switch(|switches| switches.dark_below = opened);
    }

    /// Resets the connections there are, what is on its way lost; new ones are healthy.
    pub fn reset(&self) {
        let opened = self.shared.opened();
        self.shared.switch(|switches| switches.reset_below = opened);
    }

    /// No such command reaches the server; the client hears these bytes instead, which need not
    /// make sense.
    pub fn reply(
        &self,
        reply: impl Into<Bytes>,
        picks: impl Fn(&Command) -> bool + Send + 'static,
    ) {
        self.every(1, picks, Fault::Reply(reply.into()));
    }

    /// The reply of the next such command is cut in half, and the connection closed.
    pub fn truncate_next_reply(&self, picks: impl Fn(&Command) -> bool + Send + 'static) {
        self.once(picks, Fault::TruncateReply);
    }

    /// The next such command reaches the server twice; the client hears the first reply.
    pub fn duplicate_next(&self, picks: impl Fn(&Command) -> bool + Send + 'static) {
        self.once(picks, Fault::Duplicate);
    }

    /// The same with every `nth` such command.
    ///
    /// # Panics
    ///
    /// When `nth` is zero.
    pub fn duplicate_every(&self, nth: usize, picks: impl Fn(&Command) -> bool + Send + 'static) {
        self.every(nth, picks, Fault::Duplicate);
    }

    /// The next such command reaches the server, and its reply does not reach the client.
    pub fn drop_next_reply(
        &self,
        afterwards: Afterwards,
        picks: impl Fn(&Command) -> bool + Send + 'static,
    ) {
        self.once(picks, Fault::DropReply(afterwards));
    }

    /// Every `nth` such command reaches the server, and its reply does not reach the client.
    ///
    /// # Panics
    ///
    /// When `nth` is zero.
    pub fn drop_reply_of(
        &self,
        every_nth: usize,
        afterwards: Afterwards,
        picks: impl Fn(&Command) -> bool + Send + 'static,
    ) {
        self.every(every_nth, picks, Fault::DropReply(afterwards));
    }

    /// The reply of the next such command comes after the one that should follow it on the same
    /// connection: each of two requests under way at once hears what belongs to the other. Alone,
    /// it waits for company.
    pub fn swap_next_replies(&self, picks: impl Fn(&Command) -> bool + Send + 'static) {
        self.once(picks, Fault::SwapReplies);
    }

    /// The reply of the next such command comes twice, so that every later request on the same
    /// connection hears what belongs to the one before it.
    pub fn repeat_next_reply(&self, picks: impl Fn(&Command) -> bool + Send + 'static) {
        self.once(picks, Fault::RepeatReply);
    }

    /// Everything passes again. What was held back arrives late, as it does when a network heals;
    /// connections that are closed or silent stay so.
    pub fn heal(&self) {
        self.shared.rules(super::rules::Rules::clear);
        self.shared.switch(|switches| {
            switches.command_delay = Duration::ZERO;
            switches.reply_delay = Duration::ZERO;
            switches.dark_below = 0;
        });
    }

    /// How many connections were ever opened.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.shared.opened()
    }

    /// How many of them are open.
    #[must_use]
    pub fn open_connections(&self) -> u64 {
        self.shared.open_now()
    }

    /// How many commands of this name clients have sent.
    #[must_use]
    pub fn commands(&self, name: &str) -> u64 {
        self.shared.commands(name)
    }

    /// How many commands have met a fault.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.shared.faults()
    }

    fn once(&self, picks: impl Fn(&Command) -> bool + Send + 'static, fault: Fault) {
        self.shared
            .rules(|rules| rules.once(Box::new(picks), fault));
    }

    fn every(&self, nth: usize, picks: impl Fn(&Command) -> bool + Send + 'static, fault: Fault) {
        assert_ne!(nth, 0, "every command is every first");
        self.shared
            .rules(|rules| rules.every(nth, Box::new(picks), fault));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}
