//! A client with a session of its own, and what it does with it.

use std::sync::Arc;
use std::time::Duration;

use reissue_tests::history::{History, Response};
use reissue_tests::model::{Operation, Party, Refusal, Scopes};
use reissue_tests::nemesis::Dice;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::node::{ALL, Held, Node, READ};
use super::run::Kind;

/// A client with a session of its own.
pub(super) struct Client {
    pub(super) number: usize,
    pub(super) kind: Kind,
    pub(super) nodes: Arc<Vec<Node>>,
    pub(super) history: History,
    pub(super) dice: Dice,
    pub(super) pause: (u64, u64),
    pub(super) amends: bool,
    pub(super) held: Option<Held>,
    /// What it held before, the latest last.
    pub(super) old: Vec<Held>,
}

impl Client {
    /// One thing after the other until it is over.
    pub(super) async fn run(mut self, over: watch::Receiver<bool>) -> Self {
        while !*over.borrow() {
            match self.held.clone() {
                None => self.login().await,
                Some(held) => self.act(&held).await,
            }
            sleep(self.dice.millis(self.pause.0, self.pause.1)).await;
        }
        self
    }

    pub(super) async fn login(&mut self) {
        let node = self.node();
        let (id, number) = (self.kind.client(), self.number);
        let asked = self.history.now();
        // Of a login that nobody hears of, nobody has a token.
        if let Ok(Some(held)) = timeout(PATIENCE, node.login(id, number)).await {
            let token = held.token;
            let login = Operation::Login {
                family: token.family,
                scopes: ALL,
            };
            let response = Response::Tokens {
                generation: token.generation,
                revision: token.revision,
                sealed: token.scopes,
                scopes: token.scopes,
            };
            self.history.record("login", asked, login, Some(response));
            self.held = Some(held);
            self.old.clear();
        }
    }

    /// The current token, once.
    pub(super) async fn refresh_once(&mut self, held: &Held) {
        self.refresh("in the end", held, None).await;
    }

    async fn act(&mut self, held: &Held) {
        let any_old = |dice: &mut Dice, old: &[Held]| match old.len() {
            0 => held.clone(),
            all => old[dice.below(all)].clone(),
        };
        match self.dice.below(100) {
            0..45 => self.refresh("refresh", held, None).await,
            45..52 => self.refresh("narrow", held, Some(READ)).await,
            52..60 => self.tabs(held).await,
            60..66 => self.hang_up(held).await,
            66..70 => {
                let predecessor = self.old.last().cloned();
                self.refresh("retry", &predecessor.unwrap_or(held.clone()), None)
                    .await;
            }
            70..74 => {
                let old = match self.kind.is_honest() {
                    true => &self.old[self.old.len().saturating_sub(HONESTLY_BEHIND)..],
                    false => &self.old,
                };
                let old = any_old(&mut self.dice, old);
                self.refresh("replay", &old, None).await;
            }
            74..80 => {
                let token = any_old(&mut self.dice, &self.old);
                let asked = if self.dice.below(2) == 0 {
                    held
                } else {
                    &token
                };
                self.introspect(asked).await;
            }
            80..84 => self.list().await,
            84..90 if self.amends && !self.kind.depends_on_time() => {
                let to = if self.dice.below(2) == 0 { READ } else { ALL };
                self.amend(held, to).await;
            }
            90..93 if !self.kind.is_honest() => {
                let token = any_old(&mut self.dice, &self.old);
                self.race(held, Ending::Token(token)).await;
            }
            93..95 if !self.kind.is_honest() => self.race(held, Ending::Session).await,
            95..97 if !self.kind.is_honest() => self.race(held, Ending::Everything).await,
            _ => self.rush(held).await,
        }
    }

    /// Two tabs at two nodes use the same token at once.
    async fn tabs(&mut self, held: &Held) {
        let (one, other) = (self.ask("tabs", held, None), self.ask("tabs", held, None));
        let (one, other) = tokio::join!(one, other);
        self.take(held, one);
        self.take(held, other);
    }

    /// The client disconnects before the response arrives.
    async fn hang_up(&mut self, held: &Held) {
        let patience = Duration::from_micros(self.dice.millis(0, 4_000).as_millis() as u64);
        let response = self.ask_patiently("hang up", held, None, patience).await;
        self.take(held, response);
    }

    async fn refresh(&mut self, label: &'static str, held: &Held, asked: Option<Scopes>) {
        let response = self.ask(label, held, asked).await;
        self.take(held, response);
    }

    /// Everything at once.
    async fn rush(&mut self, held: &Held) {
        let asked = [(); 2].map(|()| self.ask("rush", held, None));
        let [one, other] = asked;
        let look = self.look(held);
        let list = self.look_at_all();
        let (one, other, (), ()) = tokio::join!(one, other, look, list);
        self.take(held, one);
        self.take(held, other);
    }

    /// The session ends while it is used.
    async fn race(&mut self, held: &Held, ending: Ending) {
        let refresh = self.ask("race", held, None);
        let end = self.end(held, ending);
        let (response, ended) = tokio::join!(refresh, end);
        self.take(held, response);
        if ended {
            // Nobody finds it any more.
            self.refresh("after the end", held, None).await;
            self.held = None;
        }
    }

    /// Updates what the client holds after a response. A session that has ended for one node has
    /// ended.
    fn take(&mut self, held: &Held, response: Option<(Response, Option<Held>)>) {
        match response {
            Some((_, Some(newer))) => {
                let newest = self.held.as_ref().map(|held| held.token);
                let is_newer = newest.is_none_or(|newest| {
                    newest.family == newer.token.family
                        && (newest.generation < newer.token.generation
                            || newest.generation == newer.token.generation
                                && newest.revision != newer.token.revision)
                });
                if is_newer {
                    self.old.extend(self.held.replace(newer));
                    let surplus = self.old.len().saturating_sub(REMEMBERED);
                    self.old.drain(..surplus);
                }
            }
            // A correct client does not give up, so that the history contains its later responses.
            Some((Response::Refused(Refusal::Missing | Refusal::Reused), None))
                if !self.kind.is_honest() =>
            {
                let family = held.token.family;
                self.held.take_if(|held| held.token.family == family);
            }
            _ => {}
        }
    }

    fn ask(
        &mut self,
        label: &'static str,
        held: &Held,
        asked: Option<Scopes>,
    ) -> impl Future<Output = Option<(Response, Option<Held>)>> + use<> {
        self.ask_patiently(label, held, asked, PATIENCE)
    }

    fn ask_patiently(
        &mut self,
        label: &'static str,
        held: &Held,
        scopes: Option<Scopes>,
        patience: Duration,
    ) -> impl Future<Output = Option<(Response, Option<Held>)>> + use<> {
        let (node, history, held) = (self.node(), self.history.clone(), held.clone());
        let id = self.kind.client();
        async move {
            let operation = Operation::Refresh {
                token: held.token,
                by: Party::Owner,
                scopes,
            };
            let asked = history.now();
            let response = timeout(patience, node.refresh(id, &held, scopes)).await;
            let response = response.ok().flatten();
            let known = response.as_ref().map(|(response, _)| response.clone());
            history.record(label, asked, operation, known);
            response
        }
    }

    async fn introspect(&mut self, held: &Held) {
        self.look(held).await;
    }

    fn look(&mut self, held: &Held) -> impl Future<Output = ()> + use<> {
        let (node, history, held) = (self.node(), self.history.clone(), held.clone());
        let id = self.kind.client();
        async move {
            let operation = Operation::Introspect {
                token: held.token,
                by: Party::Owner,
            };
            let asked = history.now();
            let response = timeout(PATIENCE, node.introspect(id, &held)).await;
            history.record("introspect", asked, operation, response.ok().flatten());
        }
    }

    async fn list(&mut self) {
        self.look_at_all().await;
    }

    fn look_at_all(&mut self) -> impl Future<Output = ()> + use<> {
        let (node, history, number) = (self.node(), self.history.clone(), self.number);
        async move {
            let asked = history.now();
            let response = timeout(PATIENCE, node.sessions(number)).await;
            let operation = Operation::Sessions {
                subject: number as u8,
            };
            history.record("list", asked, operation, response.ok().flatten());
        }
    }

    async fn amend(&mut self, held: &Held, to: Scopes) {
        let (node, family) = (self.node(), held.token.family);
        let asked = self.history.now();
        let response = timeout(PATIENCE, node.amend(family, to)).await;
        let operation = Operation::Amend { family, scopes: to };
        self.history
            .record("amend", asked, operation, response.ok().flatten());
    }

    /// Whether it certainly ended.
    fn end(&mut self, held: &Held, ending: Ending) -> impl Future<Output = bool> + use<> {
        let (node, history, family) = (self.node(), self.history.clone(), held.token.family);
        let (id, number) = (self.kind.client(), self.number);
        async move {
            let (label, operation) = match &ending {
                Ending::Everything => (
                    "revoke all",
                    Operation::RevokeSessions {
                        subject: number as u8,
                        except: None,
                    },
                ),
                Ending::Session => ("revoke session", Operation::RevokeSession { family }),
                Ending::Token(held) => (
                    "revoke token",
                    Operation::Revoke {
                        token: held.token,
                        by: Party::Owner,
                    },
                ),
            };
            let asked = history.now();
            let response = timeout(PATIENCE, async {
                match &ending {
                    Ending::Everything => node.revoke_sessions(number).await,
                    Ending::Session => node.revoke_session(family).await,
                    Ending::Token(held) => node.revoke(id, held).await,
                }
            });
            let response = response.await.ok().flatten();
            let ended = response.is_some();
            history.record(label, asked, operation, response);
            ended
        }
    }

    fn node(&mut self) -> Node {
        let number = self.dice.below(self.nodes.len());
        self.nodes[number].clone()
    }
}

enum Ending {
    Everything,
    Session,
    Token(Held),
}

/// Longer than a store takes to respond or to fail.
const PATIENCE: Duration = Duration::from_secs(3);

const REMEMBERED: usize = 6;

/// How many of its old tokens a correct client may still use: a store does not remember older ones.
const HONESTLY_BEHIND: usize = 4;
