//! Who may log in with a password.

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
    /// What a login costs that has no slow hash of its own to check, if any user has one.
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

    /// Whether there is such a user, who may log in.
    fn is_welcome(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|user| !user.disabled)
    }

    /// Checks a password. Unknown and disabled users cost the same as a wrong password, and are told apart by nothing.
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

/// A session outlives a login: whoever was disabled or removed since then is refused, and the session stays, for it may
/// have been a mistake.
impl RefreshHook for Users {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        Ok(if self.is_welcome(&refreshing.grant.subject) {
            Decision::allow()
        } else {
            Decision::Deny
        })
    }
}

/// The tokens of such a user are inactive for those who introspect them. A client's own token has no user.
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

/// How many logins may wait for their turn before more are told to come back.
const QUEUE: usize = 64;

/// How long.
const DEADLINE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
