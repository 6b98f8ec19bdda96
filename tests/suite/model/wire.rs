//! The words of the model in those of the engine, and back.

use std::time::Duration;

use reissue::store::{SessionLimit, SubjectKey, WhenFull};
use reissue::{
    ActiveToken, Denial, Introspection, KeepResponse, Lifetime, OnSharedSession, Policy, Rotation,
    Scope, ServerError, Session, Sid, Timestamp, Tokens,
};
use reissue_tests::model::{
    self, Access, Active, Answered, Name, Outcome, Refusal, Rules, Scopes, Wording,
};
use reissue_tests::{ISSUER, TestKeys};

pub(super) fn policy(rules: &Rules) -> Policy {
    let lifetime = |seconds: Option<u64>| {
        seconds.map_or(Lifetime::Unlimited, |seconds| {
            Lifetime::For(Duration::from_secs(seconds))
        })
    };
    Policy::builder()
        .with_grace(Duration::from_secs(rules.grace))
        .with_access_ttl(Duration::from_secs(rules.access))
        .with_idle_ttl(lifetime(rules.idle))
        .with_absolute_ttl(lifetime(rules.absolute))
        .with_retry_cap(rules.retry_cap)
        .with_heal_limit(u8::try_from(rules.heal_limit).unwrap())
        .with_on_reuse(match rules.on_reuse {
            model::OnReuse::Report => reissue::OnReuse::Report,
            model::OnReuse::Revoke => reissue::OnReuse::Revoke,
        })
        .with_on_shared_session(match rules.on_shared {
            model::OnShared::Report => OnSharedSession::Report,
            model::OnShared::Revoke { .. } => OnSharedSession::Revoke,
        })
        .with_shared_session_threshold(match rules.on_shared {
            model::OnShared::Report => 3,
            model::OnShared::Revoke { threshold } => u8::try_from(threshold).unwrap(),
        })
        .with_rotation(match rules.rotation {
            model::Rotation::Converge => Rotation::Converge,
            model::Rotation::Keep => Rotation::Keep(KeepResponse::Omit),
            model::Rotation::KeepAndRepeat => Rotation::Keep(KeepResponse::Repeat),
            model::Rotation::Rotate => Rotation::Rotate,
        })
        .build()
        .unwrap()
}

pub(super) fn session_limit(rules: &Rules) -> Option<SessionLimit> {
    rules.limit.map(|limit| SessionLimit {
        max: u32::try_from(limit.max).unwrap(),
        when_full: match limit.when_full {
            model::WhenFull::EvictOldest => WhenFull::EvictOldest,
            model::WhenFull::Refuse => WhenFull::Refuse,
        },
    })
}

pub(super) fn subject(subject: u8) -> &'static str {
    SUBJECTS[usize::from(subject)]
}

pub(super) fn subject_key(number: u8) -> SubjectKey {
    SubjectKey::derive(ISSUER, subject(number))
}

pub(super) fn name(subject: u8, sid: Sid) -> Name {
    let sid = u128::from_be_bytes(*sid.as_bytes());
    Name { subject, sid }
}

pub(super) fn sid(name: Name) -> Sid {
    Sid::from_bytes(name.sid.to_be_bytes())
}

pub(super) fn scope(scopes: Scopes) -> Scope {
    WORDING.scope(scopes).parse().unwrap()
}

pub(super) fn scopes(scope: &str) -> Scopes {
    let bit = |name| {
        WORDING
            .words
            .iter()
            .position(|scope| *scope == name)
            .unwrap()
    };
    scope.split_terminator(' ').map(|name| 1 << bit(name)).sum()
}

/// The outcome of a login or a refresh, by the response and the refresh token in it.
pub(super) fn answered(tokens: &Tokens, keys: &TestKeys, subject: u8, now: u64) -> Answered {
    let family = name(subject, tokens.sid.unwrap());
    let refresh_token = tokens.refresh_token.as_ref();
    Answered {
        access: Access {
            family,
            scopes: scopes(tokens.scope.as_str()),
            issued_at: now,
            expires_at: now + tokens.expires_in.as_secs(),
        },
        token: refresh_token.map(|token| {
            let opened = keys.open(token.expose());
            model::Token {
                family,
                generation: opened.generation,
                revision: opened.revision,
                scopes: scopes(&opened.scope),
                issued_at: opened.issued_at.as_secs(),
                expires_at: opened.expires_at.map(Timestamp::as_secs),
            }
        }),
    }
}

pub(super) fn introspected(response: Result<Introspection, ServerError>) -> Outcome {
    match response {
        Ok(Introspection::Active(token)) => Outcome::Active(Some(active(&token))),
        Ok(Introspection::Inactive) => Outcome::Active(None),
        Err(error) => refused(error.denial()),
    }
}

fn active(token: &ActiveToken) -> Active {
    let subject = SUBJECTS.iter().position(|name| *name == token.subject);
    let subject = u8::try_from(subject.unwrap()).unwrap();
    Active {
        family: name(subject, token.sid.unwrap()),
        scopes: scopes(token.scope.as_str()),
        issued_at: token.issued_at.as_secs(),
        expires_at: token.expires_at.map(Timestamp::as_secs),
    }
}

pub(super) fn session(subject: u8, session: &Session) -> model::Session {
    model::Session {
        family: name(subject, session.sid),
        scopes: scopes(session.scope.as_str()),
        created_at: session.created_at.as_secs(),
        rotated_at: session.refreshed_at.as_secs(),
        expires_at: session.expires_at.map(Timestamp::as_secs),
    }
}

/// The outcome of an operation of the application.
pub(super) fn host<T>(response: Result<T, ServerError>, outcome: impl Fn(T) -> Outcome) -> Outcome {
    response.map_or(Outcome::Refused(Refusal::Unavailable), outcome)
}

pub(super) fn refused(denial: Denial) -> Outcome {
    Outcome::Refused(match denial {
        Denial::Contention => Refusal::Contention,
        Denial::RolledBack => Refusal::RolledBack,
        Denial::ScopeNotGranted => Refusal::Scope,
        Denial::SessionLimit => Refusal::Full,
        Denial::SessionMissing => Refusal::Missing,
        Denial::StoreUnavailable => Refusal::Unavailable,
        Denial::TokenExpired => Refusal::Expired,
        Denial::TokenForeign => Refusal::Foreign,
        Denial::SessionShared => Refusal::Shared,
        Denial::TokenSuperseded => Refusal::Superseded,
        Denial::TokenReused => Refusal::Reused,
        other => panic!("nothing here is {other:?}"),
    })
}

const SUBJECTS: [&str; 2] = ["alice", "bob"];

/// How the grants here are written.
pub(super) const WORDING: Wording = Wording {
    client: "web",
    words: &["a", "b", "c"],
};
