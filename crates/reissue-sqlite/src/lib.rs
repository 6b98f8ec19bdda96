//! SQLite store for Reissue.
