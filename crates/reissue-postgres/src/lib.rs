//! Postgres store for Reissue.
