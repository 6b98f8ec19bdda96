//! The users, and the check of their passwords.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use reissue::ClientSecret;
use reissue::client::SecretHash;
use reissue::guessing::{Outcome, Purpose, SlowChecks};
use reissue::hook::{
    Decision, HookError, Introspecting, IntrospectionDecision, IntrospectionHook, RefreshHook,
    Refreshing,
};

/// The users. Clones are the same users.
#[derive(Clone)]
pub(crate) struct Users {
    by_name: Arc<HashMap<String, User>>,
    /// The hash that is checked for users without a slow one, so that all logins take as long;
    /// `None` if no user has a slow one.
    decoy: Option<SecretHash>,
    slow_checks: Arc<SlowChecks>,
}

/// A user.
pub(crate) struct User {
    pub(crate) hash: UserHash,
    pub(crate) disabled: bool,
}

/// What a password is compared with.
pub(crate) enum UserHash {
    Fast(SecretHash),
    Slow(SecretHash),
}

impl Users {
    pub(crate) fn new(by_name: HashMap<String, User>) -> Self {
        let slow = |user: &User| match &user.hash {
            UserHash::Fast(_) => None,
            UserHash::Slow(hash) => Some(hash.clone()),
        };
        let processors = available_parallelism().map_or(1, usize::from);
        Self {
            decoy: by_name.values().find_map(slow),
            by_name: Arc::new(by_name),
            slow_checks: Arc::new(SlowChecks::new(processors, QUEUE, DEADLINE)),
        }
    }

    /// Returns whether there is such a user, who may log in.
    fn is_welcome(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|user| !user.disabled)
    }

    /// Checks a password. Unknown and disabled users cannot be distinguished from a wrong password,
    /// also not by time.
    pub(crate) async fn authenticate(&self, name: &str, password: ClientSecret) -> Outcome {
        let user = self.by_name.get(name);
        let is_welcome = self.is_welcome(name);
        let (fast, slow) = match user.map(|user| &user.hash) {
            Some(UserHash::Fast(hash)) => (hash.verify(&password), None),
            Some(UserHash::Slow(hash)) => (false, Some(hash)),
            None => (false, None),
        };
        if fast && is_welcome {
            return Outcome::Right;
        }
        let purpose = match slow {
            Some(_) if is_welcome => Purpose::Decide,
            _ => Purpose::Decoy,
        };
        let Some(hash) = slow.or(self.decoy.as_ref()).cloned() else {
            return Outcome::Wrong;
        };
        let check = move || hash.verify(&password);
        self.slow_checks.run(purpose, check).await
    }
}

/// Denies a refresh to users who were disabled or removed since their login. The session stays,
/// because it may have been a mistake.
impl RefreshHook for Users {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        Ok(if self.is_welcome(&refreshing.grant.subject) {
            Decision::allow()
        } else {
            Decision::Deny
        })
    }
}

/// Reports the tokens of such users as inactive. A client's own token has no user.
impl IntrospectionHook for Users {
    async fn on_introspection(
        &self,
        introspecting: &Introspecting<'_>,
    ) -> Result<IntrospectionDecision, HookError> {
        let Introspecting {
            subject, client_id, ..
        } = *introspecting;
        // No user is called like a client: the configuration refuses that.
        Ok(if subject == client_id || self.is_welcome(subject) {
            IntrospectionDecision::Active
        } else {
            IntrospectionDecision::Inactive
        })
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

/// How many logins may wait for a check.
const QUEUE: usize = 64;

/// How long a login may wait.
const DEADLINE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
