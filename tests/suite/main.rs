//! What Reissue promises, one module per subject.

mod smoke;
