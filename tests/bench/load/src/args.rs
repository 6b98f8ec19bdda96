//! The command line.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::{Long, Short, ValueExt as _};
use reissue_load::{
    Authentication, Client, FirstToken, InvalidTarget, Length, Load, Pace, Present, Target,
};

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Run(Box<Run>),
}

/// A run, and where its results go.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) load: Load,
    pub(crate) json: Option<PathBuf>,
    pub(crate) save_tokens: Option<PathBuf>,
    pub(crate) quiet: bool,
}

/// A command line that cannot be understood.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArgsError {
    #[error("--tokens: cannot read {file}")]
    Tokens {
        file: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("--url: {0}")]
    Url(InvalidTarget),
    #[error(transparent)]
    Usage(#[from] lexopt::Error),
    #[error("{option}: expected {expected}")]
    Value {
        option: &'static str,
        expected: &'static str,
    },
}

impl Command {
    pub(crate) fn parse<I>(args: I) -> Result<Self, ArgsError>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let mut parser = lexopt::Parser::from_args(args);
        let mut options = Options::default();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("auth") => options.auth = Some(parser.value()?.string()?),
                Long("client-id") => options.client_id = Some(parser.value()?.string()?),
                Long("client-secret") => options.client_secret = Some(parser.value()?.string()?),
                Long("duration") => options.length = Some(Length::Time(seconds(&mut parser)?)),
                Long("forged") => options.present = Present::Forged,
                Long("garbage") => options.present = Present::Garbage,
                Long("json") => options.json = Some(parser.value()?.into()),
                Long("password") => options.password = Some(parser.value()?.string()?),
                Long("pause") => options.pause = Some(seconds(&mut parser)?),
                Long("pid") => options.watched.push(number(&mut parser)?),
                Long("quiet") => options.quiet = true,
                Long("rate") => options.pace = Pace::Open(number(&mut parser)?),
                Long("refreshes") => {
                    options.length = Some(Length::Refreshes(number(&mut parser)?));
                }
                Long("save-tokens") => options.save_tokens = Some(parser.value()?.into()),
                Long("scope") => options.scope = Some(parser.value()?.string()?),
                Long("sessions") => options.sessions = number(&mut parser)?,
                Long("timeout") => options.timeout = Some(seconds(&mut parser)?),
                Long("token-command") => options.command = Some(parser.value()?.string()?),
                Long("tokens") => options.tokens = Some(parser.value()?.into()),
                Long("url") => {
                    let url = parser.value()?.string()?;
                    options.targets.push(url.parse().map_err(ArgsError::Url)?);
                }
                Long("username") => options.username = Some(parser.value()?.string()?),
                Long("warm-up") => options.warm_up = Some(seconds(&mut parser)?),
                Short('h') | Long("help") => return Ok(Self::Help),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(Self::Run(Box::new(options.into_run()?)))
    }
}

#[derive(Debug)]
struct Options {
    targets: Vec<Target>,
    client_id: Option<String>,
    client_secret: Option<String>,
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    scope: Option<String>,
    tokens: Option<PathBuf>,
    command: Option<String>,
    sessions: usize,
    pace: Pace,
    length: Option<Length>,
    warm_up: Option<Duration>,
    present: Present,
    timeout: Option<Duration>,
    pause: Option<Duration>,
    watched: Vec<u32>,
    json: Option<PathBuf>,
    save_tokens: Option<PathBuf>,
    quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            client_id: None,
            client_secret: None,
            auth: None,
            username: None,
            password: None,
            scope: None,
            tokens: None,
            command: None,
            sessions: 64,
            pace: Pace::Closed,
            length: None,
            warm_up: None,
            present: Present::Newest,
            timeout: None,
            pause: None,
            watched: Vec::new(),
            json: None,
            save_tokens: None,
            quiet: false,
        }
    }
}

impl Options {
    fn into_run(mut self) -> Result<Run, ArgsError> {
        if self.targets.is_empty() {
            return Err(wrong("--url", "the URL of a token endpoint"));
        }
        if self.sessions == 0 {
            return Err(wrong("--sessions", "at least one"));
        }
        if matches!(self.pace, Pace::Open(rate) if !(rate > 0.0 && rate.is_finite())) {
            return Err(wrong("--rate", "refreshes per second"));
        }
        let first = self.first()?;
        let client = self.client()?;
        let mut load = Load::new(self.targets, client, first)
            .with_sessions(self.sessions)
            .with_pace(self.pace)
            .with_present(self.present)
            .with_watched(self.watched);
        if let Some(length) = self.length {
            load = load.with_length(length);
        }
        if let Some(warm_up) = self.warm_up {
            load = load.with_warm_up(warm_up);
        }
        if let Some(timeout) = self.timeout {
            load = load.with_timeout(timeout);
        }
        if let Some(pause) = self.pause {
            load = load.with_pause(pause);
        }
        Ok(Run {
            load,
            json: self.json,
            save_tokens: self.save_tokens,
            quiet: self.quiet,
        })
    }

    fn client(&self) -> Result<Client, ArgsError> {
        let id = self.client_id.as_deref();
        let id = id.ok_or(wrong("--client-id", "the id of a client"))?;
        let default = if self.client_secret.is_some() {
            "basic"
        } else {
            "none"
        };
        let auth = self.auth.as_deref().unwrap_or(default);
        let authentication = match (auth, &self.client_secret) {
            ("basic", Some(secret)) => Authentication::Basic(secret.clone()),
            ("none", None) => Authentication::None,
            ("post", Some(secret)) => Authentication::Post(secret.clone()),
            _ => {
                let expected = "basic or post with --client-secret, or none without";
                return Err(wrong("--auth", expected));
            }
        };
        Ok(Client::new(id, &authentication))
    }

    fn first(&mut self) -> Result<FirstToken, ArgsError> {
        match (
            self.username.take(),
            self.tokens.take(),
            self.command.take(),
        ) {
            (Some(username), None, None) => Ok(FirstToken::Password {
                username,
                password: self.password.take().unwrap_or_default(),
                scope: self.scope.take(),
            }),
            (None, Some(file), None) => match fs::read_to_string(&file) {
                Ok(tokens) => Ok(FirstToken::List(
                    tokens.lines().map(str::to_owned).collect(),
                )),
                Err(cause) => Err(ArgsError::Tokens { file, cause }),
            },
            (None, None, Some(command)) => Ok(FirstToken::Command(command)),
            _ => {
                let expected = "exactly one of --username, --tokens and --token-command";
                Err(wrong("first token", expected))
            }
        }
    }
}

fn number<T: FromStr>(parser: &mut lexopt::Parser) -> Result<T, lexopt::Error>
where
    T::Err: Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
{
    parser.value()?.parse()
}

/// As `10`, `0.5` or `10s`.
fn seconds(parser: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    let text = parser.value()?.string()?;
    let number = text.strip_suffix('s').unwrap_or(&text).parse();
    number
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("expected seconds; found {text:?}").into())
}

const fn wrong(option: &'static str, expected: &'static str) -> ArgsError {
    ArgsError::Value { option, expected }
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Keeps sessions refreshing at an OAuth 2.0 token endpoint, each with its newest refresh token.

Usage: load --url URL --client-id ID FIRST-TOKEN [OPTIONS]

Who:
      --url URL            The token endpoint: http://host:port/path. Given several times, each session
                           asks them in turn
      --client-id ID       The client
      --client-secret S    Its secret; a public client has none
      --auth METHOD        basic, post, none [default: basic with a secret, none without]

First token, one of (in each, {n} is the number of the session, from 0):
      --username NAME --password P [--scope S]
                           A login with grant_type=password
      --tokens FILE        A token on each line
      --token-command CMD  The first line that this shell command prints

Load:
      --sessions N         How many sessions [default: 64]
      --rate R             Open loop: so many refreshes per second of all together, at fixed times;
                           latency counts from when a refresh was due [default: closed loop]
      --duration S         Seconds to measure [default: 10]
      --warm-up S          Seconds before that [default: 1]
      --refreshes N        Instead of --duration: until each session has refreshed N times, without warm-up,
                           in a closed loop
      --timeout S          Seconds to wait for a response [default: 5]
      --pause S            Seconds before a client tries again [default: 0.01]
      --forged             Present tokens with one character changed, and want invalid_grant
      --garbage            Present text as long as a token, and want invalid_grant

Results (a table on stdout at the end, progress on stderr):
      --json FILE          Write the report as JSON; - is stdout, instead of the table
      --save-tokens FILE   Write the newest token of each session, for --tokens
      --pid PID            Report the CPU time of this process per refresh, too; may be given several times
      --quiet              No progress
  -h, --help               Print this and exit

Exit codes:
  0 if no session was lost or refused, 1 otherwise and if the run cannot begin, 2 for a wrong command line
";
