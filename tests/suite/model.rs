//! Any sequence of what clients, hosts, clocks and failing stores can do, against a model that knows no token.

mod reference;
mod step;

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use reissue::store::{Advance, Attempt, Create, Replace, Revoke, Store as _};
use reissue::{
    Clock as _, Denial, Introspection, Lifetime, Policy, RefreshRequest, RefreshToken, Scope, Sid,
    Tokens,
};
use reissue_tests::{Engine, Fault, drop_after, subject_key, trusted};

use self::reference::{Held, Reference, Rules, Scopes};
use self::step::{Step, Token, rules, step};

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn the_engine_does_what_the_model_does(rules in rules(), steps in vec(step(), 1..40)) {
        let mut run = Run::new(rules);
        for (step, faults) in steps {
            run.take(&step, &faults);
        }
    }
}

/// The engine and the model side by side.
struct Run {
    engine: Engine,
    model: Reference,
    held: Vec<(String, Sid, Held)>,
}

impl Run {
    fn new(rules: Rules) -> Self {
        let lifetime = |seconds| Lifetime::For(Duration::from_secs(seconds));
        let policy = Policy::default()
            .with_grace(Duration::from_secs(rules.grace))
            .and_then(|policy| policy.with_idle_ttl(lifetime(rules.idle)))
            .and_then(|policy| policy.with_absolute_ttl(lifetime(rules.absolute)))
            .unwrap()
            .with_retry_cap(rules.retry_cap)
            .with_on_reuse(rules.on_reuse)
            .with_heal_limit(u32::try_from(rules.heal_limit).unwrap());
        Self {
            engine: Engine::with_policy(policy),
            model: Reference::new(rules),
            held: Vec::new(),
        }
    }

    fn take(&mut self, step: &Step, faults: &[Option<Fault>]) {
        for fault in faults {
            match fault {
                Some(fault) => self.engine.store.plan(*fault),
                None => self.engine.store.plan_success(),
            }
        }
        self.model.faults = faults.iter().copied().collect();
        self.act(step);
        self.engine.store.heal();
        self.model.faults.clear();
        self.compare();
    }

    fn act(&mut self, step: &Step) {
        match step {
            Step::Login(scopes) => self.login(*scopes),
            Step::Wait(seconds) => {
                self.engine.clock.advance(Duration::from_secs(*seconds));
                self.model.wait(*seconds);
            }
            Step::RevokeAll => {
                let revoked = now(self.engine.server.revoke_sessions("alice", None));
                assert_eq!(revoked.ok(), self.model.revoke(|_| true).ok());
            }
            Step::Amend(token, _)
            | Step::Introspect(token)
            | Step::Refresh(token, _)
            | Step::RefreshByAnother(token)
            | Step::Revoke(token)
            | Step::RevokeAllBut(token)
            | Step::RevokeByAnother(token)
            | Step::RevokeSession(token)
            | Step::RollBack(token, _) => {
                let held = match token {
                    _ if self.held.is_empty() => return,
                    Token::Any(index) => index.get(&self.held),
                    Token::Newest => &self.held[self.held.len() - 1],
                };
                let (text, sid, held) = held.clone();
                self.act_on(step, &text, sid, held);
            }
        }
    }

    fn act_on(&mut self, step: &Step, text: &str, sid: Sid, held: Held) {
        let server = self.engine.server.clone();
        let (web, other) = (trusted("web"), trusted("other"));
        match *step {
            Step::Refresh(_, asked) => self.refresh(text, sid, held, asked),
            Step::RefreshByAnother(_) => {
                let request = RefreshRequest::new(RefreshToken::new(text));
                let refused = now(server.refresh(&other, request)).err();
                assert_eq!(refused, Some(Denial::TokenForeign));
            }
            Step::Amend(_, scopes) => {
                let amended = server.amend_session("alice", sid, |grant| {
                    grant.scope = spelled(scopes);
                });
                let amended = now(amended)
                    .map(|amended| amended == reissue::Amended::Done)
                    .map_err(|_| ());
                assert_eq!(amended, self.model.amend(held.family, scopes));
            }
            Step::Introspect(_) => {
                let active = now(server.introspect(&web, text));
                let active = active.map(|active| active != Introspection::Inactive);
                assert_eq!(active, self.model.is_active(held));
            }
            Step::Revoke(_) => {
                let revoked = now(server.revoke(&web, text));
                let expected = self.model.revoke(|family| family == held.family);
                assert_eq!(revoked, expected.map(|_| ()));
            }
            Step::RevokeByAnother(_) => assert_eq!(now(server.revoke(&other, text)), Ok(())),
            Step::RevokeSession(_) => {
                let revoked = now(server.revoke_session("alice", sid));
                let expected = self.model.revoke(|family| family == held.family);
                assert_eq!(revoked.ok(), expected.ok().map(|count| count > 0));
            }
            Step::RevokeAllBut(_) => {
                let revoked = now(server.revoke_sessions("alice", Some(sid)));
                let expected = self.model.revoke(|family| family != held.family);
                assert_eq!(revoked.ok(), expected.ok());
            }
            Step::RollBack(_, lost) => self.roll_back(sid, held, lost),
            Step::Login(_) | Step::RevokeAll | Step::Wait(_) => unreachable!("not on a token"),
        }
    }

    fn login(&mut self, scopes: Scopes) {
        let tokens = now(self.engine.try_login(spelled(scopes).as_str()));
        match (tokens, self.model.login(scopes)) {
            (Ok(tokens), Ok(held)) => self.hold(&tokens, scopes, held),
            (Err(denial), Err(expected)) => assert_eq!(denial, expected),
            (tokens, held) => panic!("{tokens:?}, not {held:?}"),
        }
    }

    fn refresh(&mut self, text: &str, sid: Sid, held: Held, asked: Option<Scopes>) {
        let mut request = RefreshRequest::new(RefreshToken::new(text));
        request.scope = asked.map(spelled);
        let tokens = now(self.engine.server.refresh(&trusted("web"), request));
        match (tokens, self.model.refresh(held, asked)) {
            (Ok(tokens), Ok(answered)) => {
                assert_eq!(tokens.sid, Some(sid));
                self.hold(&tokens, answered.scopes, answered.token);
            }
            (Err(denial), Err(expected)) => assert_eq!(denial, expected),
            (tokens, answered) => panic!("{tokens:?}, not {answered:?}"),
        }
    }

    /// The answered tokens say what the model says, and the client has one more.
    fn hold(&mut self, tokens: &Tokens, scopes: Scopes, held: Held) {
        assert_eq!(tokens.scope, spelled(scopes));
        let ends = 600.min(held.expires_at - self.model.now);
        assert_eq!(tokens.expires_in, Duration::from_secs(ends));
        let text = tokens.refresh_token.as_ref().unwrap().expose();
        let opened = self.engine.keys.open(text);
        assert_eq!(opened.generation, held.generation);
        assert_eq!(opened.revision, held.revision);
        assert_eq!(opened.scope, spelled(held.scopes).as_str());
        self.held.push((text.to_owned(), tokens.sid.unwrap(), held));
    }

    /// A failover: the store is what it was before its last writes.
    fn roll_back(&mut self, sid: Sid, held: Held, lost: u64) {
        self.engine.store.heal();
        let Some(record) = now(self.engine.record(sid)) else {
            return;
        };
        let (store, subject) = (&self.engine.store, subject_key());
        let idle = Some(Duration::from_secs(self.model.rules.idle));
        now(store.revoke(subject, Revoke::One(sid))).unwrap();
        let create = Create {
            subject,
            sid,
            idle,
            expires_at: Some(reissue::Timestamp::from_secs(held.expires_at)),
            details: record.details.clone(),
            limit: None,
        };
        now(store.create(create)).unwrap();
        for revision in 0..record.revision {
            let replace = Replace {
                subject,
                sid,
                revision,
                details: record.details.clone(),
            };
            now(store.replace(replace)).unwrap();
        }
        if record.generation > lost {
            let advance = Advance {
                subject,
                sid,
                from: 0,
                to: record.generation - lost,
                revision: record.revision,
                attempt: Attempt::from_bytes([7; 8]),
                idle,
            };
            now(store.advance(advance)).unwrap();
        }
        self.model.roll_back(held.family, lost);
    }

    /// All that can be seen from outside is what the model says.
    fn compare(&self) {
        assert_eq!(self.engine.clock.now().as_secs(), self.model.now);
        let sessions = now(self.engine.server.sessions("alice")).unwrap();
        let mut seen: Vec<_> = sessions
            .iter()
            .map(|session| {
                let times = (session.created_at.as_secs(), session.refreshed_at.as_secs());
                let deadline = session.expires_at.map(reissue::Timestamp::as_secs);
                (session.scope.to_string(), times, deadline)
            })
            .collect();
        let mut expected: Vec<_> = self
            .model
            .families
            .values()
            .map(|family| {
                let times = (family.created_at, family.rotated_at);
                (
                    spelled(family.scopes).to_string(),
                    times,
                    Some(family.deadline),
                )
            })
            .collect();
        seen.sort();
        expected.sort();
        assert_eq!(seen, expected);
        for (_, sid, held) in &self.held {
            let record = now(self.engine.record(*sid));
            let seen = record.map(|record| (record.generation, record.revision, record.conflicts));
            let family = self.model.families.get(&held.family);
            let expected =
                family.map(|family| (family.generation, family.revision, family.conflicts));
            assert_eq!(seen, expected);
        }
    }
}

fn spelled(scopes: Scopes) -> Scope {
    let names = ["a", "b", "c"].into_iter().enumerate();
    let chosen: Vec<&str> = names
        .filter(|(bit, _)| scopes & (1 << bit) != 0)
        .map(|(_, name)| name)
        .collect();
    chosen.join(" ").parse().unwrap()
}

/// The memory store never waits, and so nothing does.
fn now<F>(future: F) -> F::Output
where
    F: Future,
{
    drop_after(1, future).expect("nothing waits")
}
