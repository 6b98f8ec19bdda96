//! What `--help` prints.

/// For the program without a command.
pub(super) const SERVE: &str = include_str!("help/serve.txt");

/// For `backup`.
pub(super) const BACKUP: &str = include_str!("help/backup.txt");

/// For `check`.
pub(super) const CHECK: &str = include_str!("help/check.txt");

/// For `copy`.
pub(super) const COPY: &str = include_str!("help/copy.txt");

/// For `hash-secret`.
pub(super) const HASH_SECRET: &str = include_str!("help/hash-secret.txt");

/// For `keys` and what follows it.
pub(super) const KEYS: &str = include_str!("help/keys.txt");
