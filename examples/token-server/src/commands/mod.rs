//! The commands besides serving. Each writes its result to the standard output, and returns the
//! exit code.

mod backup;
mod check;
mod copy;
mod hash_secret;
mod init;
mod keys;
mod permissions;
mod terminal;
mod time;

pub(crate) use self::backup::backup;
pub(crate) use self::check::check;
pub(crate) use self::copy::copy;
pub(crate) use self::hash_secret::hash_secret;
pub(crate) use self::init::init;
pub(crate) use self::keys::keys;
