//! Policies: lifetimes, rotation and the detection of reuse.

mod builder;
mod lifetime;
mod offline_access;
#[expect(
    clippy::module_inception,
    reason = "the module is named after its main type"
)]
mod policy;
mod presets;
mod reuse;
mod rotation;

pub use self::builder::PolicyBuilder;
pub use self::lifetime::Lifetime;
pub use self::offline_access::OfflineAccess;
pub use self::policy::Policy;
pub use self::reuse::{OnReuse, OnSharedSession};
pub use self::rotation::{KeepResponse, Rotation};

#[cfg(test)]
mod tests;
