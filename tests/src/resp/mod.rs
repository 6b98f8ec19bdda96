//! As much of the Redis protocol as tests need: to read a value, to write a command, and a client
//! that blocks.

mod client;
mod value;

pub use self::client::RespClient;
pub use self::value::Value;
pub(crate) use self::value::{encode, read};
