//! The engine and the model side by side.

use std::collections::BTreeMap;

use reissue::client::AuthenticatedClient;
use reissue::store::{Record, Revision, Store as _};
use reissue::{
    AmendOutcome, Clock as _, Grant, GrantType, PresentedToken, RefreshRequest, RefreshToken,
    ServerError, Timestamp, Tokens,
};
use reissue_tests::model::{
    Access, Active, Family, Model, Name, Operation, Outcome, Party, Rules, Scopes, Session, Token,
};
use reissue_tests::{Engine, Fault, FaultyStore, trusted};

use super::step::Step;
use super::wire;
use super::world::World;

/// The engine and the model side by side.
pub(super) struct Run<W: World> {
    world: W,
    engine: Engine<FaultyStore<W::Store>>,
    model: Model,
    /// What the model was before each step.
    past: Vec<Model>,
    refresh_tokens: Vec<(String, Token)>,
    access_tokens: Vec<(String, Access)>,
}

impl<W> Run<W>
where
    W: World,
{
    pub(super) fn new(world: W, rules: Rules) -> Self {
        let store = FaultyStore::new(world.store());
        let engine = Engine::over(store, world.clock(), |server| {
            server
                .with_policy(wire::policy(&rules))
                .with_session_limit(wire::session_limit(&rules))
        });
        Self {
            world,
            engine,
            model: Model::new(rules),
            past: Vec::new(),
            refresh_tokens: Vec::new(),
            access_tokens: Vec::new(),
        }
    }

    /// Runs the step, and compares its outcome and the state afterwards.
    pub(super) async fn take(&mut self, step: &Step, faults: &[Option<Fault>]) {
        self.world.begin_step();
        self.world.remember(self.past.len()).await;
        self.past.push(self.model.clone());
        match *step {
            Step::Configure(rotation) => {
                self.model.rules.rotation = rotation;
                let policy = wire::policy(&self.model.rules);
                let limit = wire::session_limit(&self.model.rules);
                self.engine = self.engine.twin_with(|server| {
                    let server = server.with_policy(policy);
                    server.with_session_limit(limit)
                });
            }
            Step::FailOver(steps) => {
                let depth = self.past.len().saturating_sub(steps);
                self.world.fail_over(depth).await;
                self.past.truncate(depth + 1);
                self.model.families = self.past[depth].families.clone();
            }
            Step::Wait(seconds) => self.world.pass(seconds).await,
            Step::Login(subject, scopes) => self.login(subject, scopes, faults).await,
            _ => {
                if let Some((operation, text)) = self.operation(step) {
                    // At an access token the engine looks twice at once. The model knows the look
                    // at the session.
                    let faults = match operation {
                        Operation::IntrospectAccess { .. } => &faults[..faults.len().min(1)],
                        _ => faults,
                    };
                    let outcome = self.faced(faults, self.ask(operation, &text)).await;
                    self.agree(operation, faults, outcome);
                }
            }
        }
        self.compare().await;
    }

    /// What is to be done, and with which token; nothing, where there is no token yet.
    fn operation(&self, step: &Step) -> Option<(Operation, String)> {
        let refresh_token = |pick: &super::step::Pick| pick.among(&self.refresh_tokens).cloned();
        let family = |pick| refresh_token(pick).map(|(text, token)| (text, token.family));
        Some(match *step {
            Step::Amend(ref pick, scopes) => {
                let (text, family) = family(pick)?;
                (Operation::Amend { family, scopes }, text)
            }
            Step::Introspect(ref pick, by) => {
                let (text, token) = refresh_token(pick)?;
                (Operation::Introspect { token, by }, text)
            }
            Step::IntrospectAccess(ref pick, by) => {
                let (text, access) = pick.among(&self.access_tokens).cloned()?;
                (Operation::IntrospectAccess { access, by }, text)
            }
            Step::Refresh(ref pick, by, scopes) => {
                let (text, token) = refresh_token(pick)?;
                (Operation::Refresh { token, by, scopes }, text)
            }
            Step::Revoke(ref pick, by) => {
                let (text, token) = refresh_token(pick)?;
                (Operation::Revoke { token, by }, text)
            }
            Step::RevokeAll(subject) => {
                let except = None;
                (Operation::RevokeSessions { subject, except }, String::new())
            }
            Step::RevokeAllBut(ref pick) => {
                let (text, family) = family(pick)?;
                let (subject, except) = (family.subject, Some(family));
                (Operation::RevokeSessions { subject, except }, text)
            }
            Step::RevokeSession(ref pick) => {
                let (text, family) = family(pick)?;
                (Operation::RevokeSession { family }, text)
            }
            Step::Sessions(subject) => (Operation::Sessions { subject }, String::new()),
            Step::Configure(_) | Step::FailOver(_) | Step::Login(..) | Step::Wait(_) => {
                return None;
            }
        })
    }

    /// Has the engine do what the model is to do, by the token's text.
    async fn ask(&self, operation: Operation, text: &str) -> (Outcome, Option<Tokens>) {
        let server = &self.engine.server;
        let outcome = match operation {
            Operation::Amend { family, scopes } => {
                let (subject, sid) = (wire::subject(family.subject), wire::sid(family));
                let change = |grant: &mut Grant| grant.scope = wire::scope(scopes);
                let amended = server.amend_session(subject, sid, change).await;
                wire::host(amended, |amended| {
                    Outcome::Amended(amended == AmendOutcome::Done)
                })
            }
            Operation::Introspect { by, .. } | Operation::IntrospectAccess { by, .. } => {
                wire::introspected(
                    server
                        .introspect(&client(by), PresentedToken::new(text))
                        .await,
                )
            }
            Operation::Login { .. } => unreachable!("has no token"),
            Operation::Refresh { token, by, scopes } => {
                let mut request = RefreshRequest::new(RefreshToken::new(text));
                request.scope = scopes.map(wire::scope);
                let tokens = server.refresh(&client(by), request).await;
                return self.answered(tokens, token.family.subject);
            }
            Operation::Revoke { by, .. } => {
                match server.revoke(&client(by), PresentedToken::new(text)).await {
                    Ok(()) => Outcome::Revoked,
                    Err(error) => wire::refused(error.denial()),
                }
            }
            Operation::RevokeSession { family } => {
                let (subject, sid) = (wire::subject(family.subject), wire::sid(family));
                let ended = server.revoke_session(subject, sid).await;
                wire::host(ended, |ended| Outcome::Ended(ended.into()))
            }
            Operation::RevokeSessions { subject, except } => {
                let except = except.map(wire::sid);
                let ended = server.revoke_sessions(wire::subject(subject), except).await;
                wire::host(ended, Outcome::Ended)
            }
            Operation::Sessions { subject } => self.sessions(subject).await,
        };
        (outcome, None)
    }

    /// The name of a session is random, so the engine goes first, and the model takes the name
    /// over.
    async fn login(&mut self, subject: u8, scopes: Scopes, faults: &[Option<Fault>]) {
        let grant = Grant::new(wire::subject(subject)).with_scope(wire::scope(scopes));
        let server = self.engine.server.clone();
        let web = client(Party::Owner);
        let issue = async {
            let tokens = server.issue(&web, GrantType::PASSWORD, grant).await;
            self.answered(tokens, subject)
        };
        let outcome = self.faced(faults, issue).await;
        let mut records = self.records(subject).await.into_keys();
        let unknown = records.find(|name| !self.model.families.contains_key(name));
        let family = unknown.unwrap_or(Name { subject, sid: 0 });
        self.agree(Operation::Login { family, scopes }, faults, outcome);
    }

    /// Does it while the store fails as planned; nothing comes of it where a call of the store
    /// hangs.
    async fn faced<T>(&self, faults: &[Option<Fault>], work: impl Future<Output = T>) -> Option<T> {
        let store = &self.engine.store;
        for fault in faults {
            match fault {
                Some(fault) => store.plan(*fault),
                None => store.plan_success(),
            }
        }
        let done = store.drop_where_it_hangs(work).await;
        store.heal();
        done
    }

    /// Runs the model, compares the outcomes, and gives the client its tokens.
    fn agree(
        &mut self,
        operation: Operation,
        faults: &[Option<Fault>],
        outcome: Option<(Outcome, Option<Tokens>)>,
    ) {
        let now = self.now();
        let expected = self.model.apply_with(operation, now, faults);
        let (outcome, tokens) = outcome.unzip();
        match (&outcome, &expected) {
            (Some(Outcome::Ended(counted)), Some(Outcome::Ended(ended)))
                if !W::COUNTS_EXACTLY && matches!(operation, Operation::RevokeSessions { .. }) =>
            {
                assert!(counted >= ended, "{operation:?}");
            }
            _ => assert_eq!(
                outcome.clone().map(|outcome| told(outcome, W::TICK)),
                expected.map(|outcome| told(outcome, W::TICK)),
                "to {operation:?}"
            ),
        }
        if let (Some(Outcome::Tokens(answered)), Some(Some(tokens))) = (outcome, tokens) {
            let access_token = tokens.access_token.expose().to_owned();
            self.access_tokens.push((access_token, answered.access));
            if let (Some(token), Some(text)) = (answered.token, tokens.refresh_token) {
                self.refresh_tokens.push((text.expose().to_owned(), token));
            }
        }
    }

    fn answered(
        &self,
        tokens: Result<Tokens, ServerError>,
        subject: u8,
    ) -> (Outcome, Option<Tokens>) {
        match tokens {
            Ok(tokens) => {
                let answered = wire::answered(&tokens, &self.engine.keys, subject, self.now());
                (Outcome::Tokens(answered), Some(tokens))
            }
            Err(error) => (wire::refused(error.denial()), None),
        }
    }

    /// Asserts that the state, and all that can be observed of it, is that of the model.
    async fn compare(&mut self) {
        let now = self.now();
        self.model.expire(now);
        for subject in 0..2 {
            let expected = self.model.apply(Operation::Sessions { subject }, now);
            let sessions = self.sessions(subject).await;
            assert_eq!(sessions, told(expected, W::TICK));
            let records = self.records(subject).await;
            let families = self.model.families.iter();
            let expected: BTreeMap<_, _> = families
                .filter(|(name, _)| name.subject == subject)
                .map(|(name, family)| (*name, of_family(family, W::TICK)))
                .collect();
            assert_eq!(records, expected);
        }
        if let Some((_, token)) = self.refresh_tokens.last() {
            let (subject, sid) = (
                wire::subject_key(token.family.subject),
                wire::sid(token.family),
            );
            let record = self.engine.store.load(subject, sid).await.unwrap();
            let family = self.model.families.get(&token.family);
            let expected = family.map(|family| of_family(family, W::TICK));
            assert_eq!(record.map(|record| of_record(&record)), expected);
        }
    }

    async fn sessions(&self, subject: u8) -> Outcome {
        let sessions = self.engine.server.sessions(wire::subject(subject)).await;
        wire::host(sessions, |sessions| {
            let sessions = sessions.iter();
            Outcome::Sessions(sessions.map(|it| wire::session(subject, it)).collect())
        })
    }

    async fn records(&self, subject: u8) -> BTreeMap<Name, Stored> {
        let mut records = BTreeMap::new();
        let mut cursor = None;
        loop {
            let key = wire::subject_key(subject);
            let page = self.engine.store.sessions(key, cursor, 100).await.unwrap();
            let families = page.families.iter();
            records.extend(families.map(|(sid, it)| (wire::name(subject, *sid), of_record(it))));
            cursor = page.next;
            if cursor.is_none() {
                return records;
            }
        }
    }

    fn now(&self) -> u64 {
        self.engine.clock.now().as_secs()
    }
}

/// A family as a store knows it: generation, revision, conflicts, shared generations; creation,
/// last rotation, deadline; the generation that each remembered rotation began at.
type Stored = ((u64, Revision, u32, u8), (u64, u64, Option<u64>), Vec<u64>);

fn of_record(record: &Record) -> Stored {
    let counted = (
        record.generation,
        record.revision,
        record.conflicts,
        record.shared_generations,
    );
    let rotations = record.last_rotation.iter().chain(&record.earlier_rotations);
    let (created_at, rotated_at) = (record.created_at.as_secs(), record.rotated_at.as_secs());
    let deadline = record.deadline.map(Timestamp::as_secs);
    (
        counted,
        (created_at, rotated_at, deadline),
        rotations.map(|rotation| rotation.from).collect(),
    )
}

fn of_family(family: &Family, tick: u64) -> Stored {
    let counted = (
        family.generation,
        family.revision,
        family.conflicts,
        family.shared,
    );
    let told = |time: u64| time / tick * tick;
    let (created_at, rotated_at) = (told(family.created_at), told(family.rotated_at));
    (
        counted,
        (created_at, rotated_at, family.deadline.map(told)),
        family
            .rotations
            .iter()
            .flatten()
            .map(|(from, _)| *from)
            .collect(),
    )
}

/// Returns an outcome with its times in the precision of the store.
fn told(outcome: Outcome, tick: u64) -> Outcome {
    let told = |time: u64| time / tick * tick;
    match outcome {
        Outcome::Active(Some(active)) => Outcome::Active(Some(Active {
            expires_at: active.expires_at.map(told),
            ..active
        })),
        Outcome::Sessions(sessions) => {
            let sessions = sessions.into_iter();
            let sessions = sessions.map(|session| Session {
                created_at: told(session.created_at),
                rotated_at: told(session.rotated_at),
                expires_at: session.expires_at.map(told),
                ..session
            });
            Outcome::Sessions(sessions.collect())
        }
        other => other,
    }
}

fn client(party: Party) -> AuthenticatedClient {
    trusted(match party {
        Party::Other => "other",
        Party::Owner => "web",
    })
}
