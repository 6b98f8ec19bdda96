//! Accounts in the log.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// Turns names of accounts into numbers that tell in one log whether two names are the same, and
/// nothing else.
///
/// The key is random and the process's own: the digests of another process are others, and nobody
/// can try names on a log.
#[derive(Clone, Default)]
pub(super) struct AccountDigests(RandomState);

/// A number for the name of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AccountDigest(u64);

impl AccountDigests {
    pub(super) fn digest(&self, name: &str) -> AccountDigest {
        AccountDigest(self.0.hash_one(name))
    }
}

impl fmt::Display for AccountDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for AccountDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountDigests").finish_non_exhaustive()
    }
}
