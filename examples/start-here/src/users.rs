//! The users of the service, in a file; a real service has a database.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use argon2::{Argon2, PasswordHasher as _};
use aws_lc_rs::rand;
use reissue::ClientSecret;
use reissue::client::SecretHash;
use reissue::guessing::{Outcome, Purpose, SlowChecks};
use reissue::hook::{Decision, HookError, RefreshHook, Refreshing};

/// The users in a file, with a line `name:hash` for each. Clones share the file.
#[derive(Clone)]
pub(crate) struct Users {
    file: PathBuf,
    decoy: SecretHash,
    /// Bounds how many passwords are hashed at once.
    checks: Arc<SlowChecks>,
}

impl Users {
    pub(crate) fn at(file: impl Into<PathBuf>) -> Self {
        Self {
            file: file.into(),
            decoy: SecretHash::from_argon2id(DECOY).expect("a valid PHC string"),
            checks: Arc::new(SlowChecks::new(2, 64, Duration::from_secs(2))),
        }
    }

    /// Adds a user with the password on the next line of the standard input.
    pub(crate) fn add(&self, name: &str) -> Result<(), Box<dyn Error>> {
        let mut password = String::new();
        io::stdin().read_line(&mut password)?;
        let mut salt = [0; 16];
        rand::fill(&mut salt)?;
        let password = password.trim_end().as_bytes();
        let hash = Argon2::default().hash_password_with_salt(password, &salt)?;
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)?;
        Ok(writeln!(file, "{name}:{hash}")?)
    }

    /// Checks a password. A name that does not exist takes as long as a wrong password.
    pub(crate) async fn authenticate(&self, name: &str, password: ClientSecret) -> Outcome {
        let known = self.hash(name).ok().flatten();
        let purpose = match known {
            Some(_) => Purpose::Decide,
            None => Purpose::Decoy,
        };
        let hash = known.unwrap_or_else(|| self.decoy.clone());
        self.checks
            .run(purpose, move || hash.verify(&password))
            .await
    }

    fn hash(&self, name: &str) -> io::Result<Option<SecretHash>> {
        let users = fs::read_to_string(&self.file)?;
        let mut lines = users.lines().filter_map(|line| line.split_once(':'));
        let hash = lines.find(|(known, _)| *known == name);
        Ok(hash.and_then(|(_, hash)| SecretHash::from_argon2id(hash).ok()))
    }
}

// ANCHOR: hook
/// Called on every refresh: a user who was removed gets no new tokens.
impl RefreshHook for Users {
    async fn on_refresh(&self, refreshing: &Refreshing<'_>) -> Result<Decision, HookError> {
        // On a failure the response is `503`, and the client keeps its token.
        match self
            .hash(&refreshing.grant.subject)
            .map_err(HookError::new)?
        {
            Some(_) => Ok(Decision::allow()),
            None => Ok(Decision::DenyAndRevoke),
        }
    }
}
// ANCHOR_END: hook

/// The hash of an unknown password.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
