//! The Redis store does what the memory store does.
