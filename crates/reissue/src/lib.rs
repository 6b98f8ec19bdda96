//! Reissue.
pub mod clock;
pub mod store;
pub use clock::Timestamp;
pub use store::Sid;
