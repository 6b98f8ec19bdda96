//! How each session gets the token that it begins with.

use std::fmt;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::client::Client;
use crate::connection::{Connection, NoResponse};
use crate::response::{Verdict, judge};

/// How each session gets the token that it begins with. `{n}` in a text stands for the number of
/// the session, from 0.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FirstToken {
    /// The first line that this shell command prints.
    Command(String),
    /// One of these for each session.
    List(Vec<String>),
    /// A login at the token endpoint itself (RFC 6749 §4.3).
    Password {
        /// Who logs in.
        username: String,
        /// With what.
        password: String,
        /// For what; for whatever the server grants, without.
        scope: Option<String>,
    },
}

/// A session has no token to begin with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FirstTokenError {
    /// The server did not grant one.
    #[error("the login was answered with {0}")]
    Response(String),
    /// The command failed, or printed nothing.
    #[error("the command printed no token: {0}")]
    Command(String),
    /// There are fewer tokens than sessions.
    #[error("the list is too short")]
    List,
    /// The server did not respond.
    #[error("the login was not answered: {0}")]
    NoResponse(String),
}

impl FirstToken {
    pub(crate) async fn get(
        &self,
        session: usize,
        client: &Client,
        connection: &mut Connection,
    ) -> Result<String, FirstTokenError> {
        let fill = |text: &str| text.replace("{n}", &session.to_string());
        match self {
            Self::Command(command) => print(&fill(command)).await,
            Self::List(tokens) => tokens.get(session).cloned().ok_or(FirstTokenError::List),
            Self::Password {
                username,
                password,
                scope,
            } => {
                let (username, password) = (fill(username), fill(password));
                let login = Login {
                    client,
                    username: &username,
                    password: &password,
                    scope: scope.as_deref(),
                };
                login.run(connection).await
            }
        }
    }
}

impl From<NoResponse> for FirstTokenError {
    fn from(why: NoResponse) -> Self {
        Self::NoResponse(why.to_string())
    }
}

/// A login, tried again when the server says so: it may not have found its store yet.
struct Login<'a> {
    client: &'a Client,
    username: &'a str,
    password: &'a str,
    scope: Option<&'a str>,
}

impl Login<'_> {
    async fn run(&self, connection: &mut Connection) -> Result<String, FirstTokenError> {
        let mut tries = 0;
        loop {
            let target = connection.target();
            let request = self
                .client
                .login(target, self.username, self.password, self.scope);
            let (status, body) = connection.send(request).await?;
            tries += 1;
            match judge(status, &body) {
                (Verdict::Refreshed(Some(token)), _) => return Ok(token),
                (Verdict::TryAgain, _) if tries < LOGIN_TRIES => sleep(LOGIN_PAUSE).await,
                (_, code) => {
                    let code = code.unwrap_or_else(|| "no refresh token".to_owned());
                    return Err(FirstTokenError::Response(code));
                }
            }
        }
    }
}

async fn print(command: &str) -> Result<String, FirstTokenError> {
    let failed = |why: &dyn fmt::Display| FirstTokenError::Command(why.to_string());
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = spawn_blocking(move || shell.output()).await;
    let output = output.map_err(|error| failed(&error))?;
    let output = output.map_err(|error| failed(&error))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    match printed.lines().next().map(str::trim) {
        Some(token) if output.status.success() && !token.is_empty() => Ok(token.to_owned()),
        _ => Err(failed(&output.status)),
    }
}

const LOGIN_TRIES: u32 = 20;
const LOGIN_PAUSE: Duration = Duration::from_millis(100);
