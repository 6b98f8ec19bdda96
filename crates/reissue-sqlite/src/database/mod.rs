//! The file: how it is opened, what is in it, and how its log is moved into it.

mod checkpointer;
mod column;
mod file_id;
mod open;
mod process_lock;
mod reopen;
mod schema;

pub(crate) use self::column::{integer, millis, timestamp};
pub(crate) use self::open::Open;
pub(crate) use self::reopen::Database;
pub(crate) use self::schema::check_version;
