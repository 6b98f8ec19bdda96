//! Alarms of a refresh: the end of the session, and the event that reports it in any case.

use super::attempt::RefreshAttempt;
use crate::denial::Denial;
use crate::event::{Event, SessionEnd};
use crate::policy::{OnReuse, OnSharedSession};
use crate::server::ServerError;
use crate::store::Record;

/// Why a session is reported, and ended unless the policy is to report only.
#[derive(Clone, Copy)]
enum Cause {
    Reused { current: u64 },
    RolledBack { current: u64 },
    Shared { generations: u32 },
}

/// A pending alarm. It is reported on drop, with what is known of the session's end by then.
///
/// So it is reported even if the store fails to revoke, or the client disconnects meanwhile.
struct Alarm<'a> {
    attempt: &'a RefreshAttempt<'a>,
    cause: Cause,
    end: SessionEnd,
}

impl RefreshAttempt<'_> {
    /// Ends the session of a reused token (RFC 9700 §4.14.2), unless the policy is to report only.
    ///
    /// # Errors
    ///
    /// [`Denial::TokenReused`], or the error of the store. None if the policy is to report only.
    pub(super) async fn reused(&self, record: &Record) -> Result<(), ServerError> {
        let cause = Cause::Reused {
            current: record.generation,
        };
        if self.policy.on_reuse() == OnReuse::Report {
            // Dropping an alarm reports it.
            drop(self.alarm(cause, SessionEnd::Kept));
            return Ok(());
        }
        self.end_for(cause).await?;
        Err(Denial::TokenReused.into())
    }

    /// Ends the session if the store was rolled back: otherwise an older, stolen token could be
    /// used.
    pub(super) async fn rolled_back(&self, record: &Record) -> ServerError {
        let cause = Cause::RolledBack {
            current: record.generation,
        };
        let ended = self.end_for(cause).await;
        ended.err().unwrap_or(Denial::RolledBack.into())
    }

    /// Ends a session whose tokens have several holders.
    pub(super) async fn shared(&self, generations: u32) -> ServerError {
        let ended = self.end_for(Cause::Shared { generations }).await;
        ended.err().unwrap_or(Denial::SessionShared.into())
    }

    /// Reports a session whose tokens have several holders.
    pub(super) fn report_shared(&self, generations: u32) {
        debug_assert_eq!(self.policy.on_shared_session(), OnSharedSession::Report);
        drop(self.alarm(Cause::Shared { generations }, SessionEnd::Kept));
    }

    /// Ends the session, and reports the cause whatever the result.
    async fn end_for(&self, cause: Cause) -> Result<(), ServerError> {
        let mut alarm = self.alarm(cause, SessionEnd::Unconfirmed);
        self.end_session().await?;
        alarm.end = SessionEnd::Ended;
        Ok(())
    }

    fn alarm(&self, cause: Cause, end: SessionEnd) -> Alarm<'_> {
        Alarm {
            attempt: self,
            cause,
            end,
        }
    }
}

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        let (attempt, end) = (self.attempt, self.end);
        let (session, presented) = (attempt.session, attempt.token.generation);
        attempt.server.emit(&match self.cause {
            Cause::Reused { current } => Event::Reused {
                session,
                presented,
                current,
                end,
            },
            Cause::RolledBack { current } => Event::StoreRollback {
                session,
                presented,
                current,
                end,
            },
            Cause::Shared { generations } => Event::SharedSession {
                session,
                generations,
                end,
            },
        });
    }
}
