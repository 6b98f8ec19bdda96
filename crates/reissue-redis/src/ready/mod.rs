//! Whether the servers can serve, and what an operator ought to know about how they are set up.

mod findings;
mod inspection;

pub(crate) use self::findings::{Expectations, findings};
pub(crate) use self::inspection::Inspection;
