//! The Lua scripts, which do everything that the store needs of a server.
//!
//! Each takes one key, and a first argument that begins with a [`Tag`](crate::tag::Tag). Its reply
//! begins with that argument.

use std::sync::LazyLock;

use redis::Cmd;

/// A script, and the digest by which a server that has run it knows it.
pub(crate) struct Script {
    code: String,
    digest: String,
}

impl Script {
    /// Returns the command that runs the script by its digest. Fails with `NOSCRIPT` on a server
    /// that does not know it.
    pub(crate) fn evalsha(&self, key: &[u8], arguments: &[&[u8]]) -> Cmd {
        invocation("EVALSHA", &self.digest, key, arguments)
    }

    /// Returns the command that runs the script by its code. The server knows it from then on.
    pub(crate) fn eval(&self, key: &[u8], arguments: &[&[u8]]) -> Cmd {
        invocation("EVAL", &self.code, key, arguments)
    }

    /// Joins a script's file with the prelude, which goes after the shebang in the first line.
    fn with_prelude(file: &str) -> Self {
        let (shebang, body) = file.split_once('\n').unwrap_or((file, ""));
        Self::new(format!("{shebang}\n{PRELUDE}\n{body}"))
    }

    fn new(code: String) -> Self {
        let digest = redis::Script::new(&code).get_hash().to_owned();
        Self { code, digest }
    }
}

fn invocation(command: &str, script: &str, key: &[u8], arguments: &[&[u8]]) -> Cmd {
    let mut cmd = Cmd::with_capacity(
        arguments.len() + 4,
        script.len() + key.len() + arguments.iter().map(|bytes| bytes.len()).sum::<usize>() + 16,
    );
    cmd.arg(command).arg(script).arg(1).arg(key);
    for argument in arguments {
        cmd.arg(*argument);
    }
    cmd
}

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::with_prelude(include_str!(concat!("scripts/", $file))));)*
    };
}

scripts! {
    ADVANCE = "advance.lua";
    CONSUME = "consume.lua";
    CREATE = "create.lua";
    EXPIRY = "expiry.lua";
    IMPORT = "import.lua";
    IMPORT_ONE_TIME_ID = "import_one_time_id.lua";
    IS_CONSUMED = "is_consumed.lua";
    LOAD = "load.lua";
    REPLACE = "replace.lua";
    REVOKE = "revoke.lua";
    SESSIONS = "sessions.lua";
}

/// The common case of [`ADVANCE`]: in any other it writes nothing and responds `slow`.
pub(crate) static ADVANCE_SHORT: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/advance_short.lua").to_owned()));

/// The code that reports missing rights. It takes no key and no tag, and runs too seldom to be sent
/// by its digest.
pub(crate) const RIGHTS: &str = include_str!("scripts/rights.lua");

const PRELUDE: &str = include_str!("scripts/prelude.lua");
