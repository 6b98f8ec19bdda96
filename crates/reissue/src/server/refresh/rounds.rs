//! The rounds of a refresh: prepare, commit, and judge what is in the way.

use std::borrow::Cow;

use super::attempt::RefreshAttempt;
use super::prepare::Prepared;
use crate::denial::Denial;
use crate::event::{Event, SessionRef};
use crate::server::error::Detail;
use crate::server::judge::{PresentedGeneration, Verdict, judge, newly_shared, shared_generations};
use crate::server::{ServerError, Tokens};
use crate::store::{Advance, Advanced, Record};

/// The result of an advance.
enum Committed {
    Conflict(Record),
    Done,
}

impl RefreshAttempt<'_> {
    /// Prepares, and commits until nothing is in the way or the refresh is denied.
    pub(super) async fn run(&self) -> Result<Tokens, ServerError> {
        let presented = PresentedGeneration {
            generation: self.token.generation,
            revision: self.token.revision,
        };
        let target = self.target();
        let mut from = presented.generation;
        let mut prepared = self
            .prepare(Cow::Borrowed(&self.token.grant), presented.revision)
            .await?;
        for _ in 0..MAX_ROUNDS {
            let record = match self.commit(from, target, &prepared).await? {
                Committed::Conflict(record) => record,
                Committed::Done => {
                    self.server.emit(&self.advanced(from, target));
                    return Ok(prepared.tokens);
                }
            };
            // Every verdict by name, without `_`, so that a new one cannot fall into one of these
            // arms.
            match judge(presented, &record, self.policy) {
                Verdict::Changed | Verdict::Current | Verdict::StoreBehind => {
                    prepared = self.follow(prepared, &record).await?;
                    from = record.generation;
                }
                Verdict::Converge => return self.respond_again(prepared, &record).await,
                Verdict::Retry => {
                    if let Some(generations) = newly_shared(&record, self.policy) {
                        self.report_shared(generations);
                    }
                    return self.respond_again(prepared, &record).await;
                }
                Verdict::Reuse => {
                    self.reused(&record).await?;
                    return self.respond_again(prepared, &record).await;
                }
                Verdict::RolledBack => return Err(self.rolled_back(&record).await),
                Verdict::Shared => return Err(self.shared(shared_generations(&record)).await),
                Verdict::Superseded => return Err(self.superseded(&record)),
            }
        }
        Err(Denial::Contention.into())
    }

    /// Moves the session to the next generation in the store. If it is to stay at its generation,
    /// checks that it is unchanged.
    async fn commit(
        &self,
        from: u64,
        to: u64,
        prepared: &Prepared<'_>,
    ) -> Result<Committed, ServerError> {
        let revision = prepared.revision;
        let SessionRef { subject, sid, .. } = self.session;
        if from == to {
            let record = self.server.record(subject, sid).await?;
            let record = record.ok_or(Denial::SessionMissing)?;
            return Ok(if record.generation == to && record.revision == revision {
                Committed::Done
            } else {
                Committed::Conflict(record)
            });
        }
        let advance = Advance {
            subject: self.server.subject_key(subject),
            sid,
            from,
            to,
            revision,
            attempt: prepared.attempt,
            history: self.policy.grace(),
            idle: self.policy.idle_ttl().limit(),
        };
        match self.server.shared.store.advance(advance).await? {
            Advanced::Conflict(record) => Ok(Committed::Conflict(record)),
            Advanced::Done => Ok(Committed::Done),
            Advanced::Missing => Err(Denial::SessionMissing.into()),
        }
    }

    fn advanced(&self, from: u64, to: u64) -> Event<'_> {
        let session = self.session;
        if from < self.token.generation {
            return Event::Healed { session, from, to };
        }
        Event::Refreshed {
            session,
            generation: to,
        }
    }

    /// Prepares again if the record's grant is not the one that was prepared for.
    ///
    /// Every response follows the record's grant, also one to a token that was superseded.
    async fn follow<'a>(
        &'a self,
        prepared: Prepared<'a>,
        record: &Record,
    ) -> Result<Prepared<'a>, ServerError> {
        if record.revision == prepared.revision {
            return Ok(prepared);
        }
        self.prepare_again(record).await
    }

    /// Responds with the current generation again. Nothing is stored, and no deadline moves.
    async fn respond_again(
        &self,
        prepared: Prepared<'_>,
        record: &Record,
    ) -> Result<Tokens, ServerError> {
        let generation = record.generation;
        let prepared = self.follow(prepared, record).await?;
        let mut tokens = prepared.tokens;
        if generation != prepared.generation {
            tokens.refresh_token =
                self.refresh_token(&prepared.grant, prepared.revision, generation)?;
        }
        self.server.emit(&Event::Retried {
            session: self.session,
            generation,
        });
        Ok(tokens)
    }

    fn superseded(&self, record: &Record) -> ServerError {
        let SessionRef { subject, sid, .. } = self.session;
        ServerError::detailed(
            Denial::TokenSuperseded,
            Detail::Superseded {
                subject: subject.to_owned(),
                sid,
                presented: self.token.generation,
                current: record.generation,
            },
        )
    }
}

/// How often a refresh starts over because the session changed meanwhile.
const MAX_ROUNDS: usize = 4;
