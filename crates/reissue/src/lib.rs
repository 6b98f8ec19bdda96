//! Reissue.
pub mod clock;
pub mod key;
pub mod store;
pub mod token;
pub use clock::Timestamp;
pub use store::Sid;
