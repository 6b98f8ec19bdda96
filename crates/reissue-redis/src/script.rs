//! The scripts: everything that the store asks of a server.
//!
//! Each takes one key and begins its arguments with a [`Tag`], which its reply begins with as well.

use std::sync::LazyLock;

use redis::Cmd;

/// A script and the digest that a server knows it by.
pub(crate) struct Script {
    code: String,
    digest: String,
}

impl Script {
    /// By its digest: what is sent first.
    pub(crate) fn by_digest(&self, key: &[u8], arguments: &[&[u8]]) -> Cmd {
        invocation("EVALSHA", &self.digest, key, arguments)
    }

    /// With its code, for a server that does not know it. It does afterwards.
    pub(crate) fn in_full(&self, key: &[u8], arguments: &[&[u8]]) -> Cmd {
        invocation("EVAL", &self.code, key, arguments)
    }

    /// The prelude goes after the first line, which must be the shebang.
    fn new(file: &str) -> Self {
        let (shebang, body) = file.split_once('\n').unwrap_or((file, ""));
        Self::whole(format!("{shebang}\n{PRELUDE}\n{body}"))
    }

    fn whole(code: String) -> Self {
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

/// Names a request: whose it is, and which. A reply that does not repeat it is the reply to another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tag([u8; 24]);

impl Tag {
    pub(crate) fn new(about: &[u8; 16], attempt: &[u8; 8]) -> Self {
        let mut tag = [0; 24];
        tag[..16].copy_from_slice(about);
        tag[16..].copy_from_slice(attempt);
        Self(tag)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 24] {
        &self.0
    }
}

macro_rules! scripts {
    ($($name:ident = $file:literal;)*) => {
        $(pub(crate) static $name: LazyLock<Script> =
            LazyLock::new(|| Script::new(include_str!(concat!("scripts/", $file))));)*
    };
}

scripts! {
    ADVANCE = "advance.lua";
    CONSUME = "consume.lua";
    CREATE = "create.lua";
    IS_CONSUMED = "is_consumed.lua";
    LOAD = "load.lua";
    REPLACE = "replace.lua";
    REVOKE = "revoke.lua";
    SESSIONS = "sessions.lua";
}

/// Takes no key, and is asked for seldom enough to be sent in full.
pub(crate) const RIGHTS: &str = include_str!("scripts/rights.lua");

const PRELUDE: &str = include_str!("scripts/prelude.lua");
