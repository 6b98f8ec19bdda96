//! The example server, end to end: the real program, driven over HTTP.

mod authorize;
mod authorize_refusals;
mod browser;
mod code_replay;
mod coming_from;
mod config;
mod curl;
mod exposure;
mod floods;
mod grants;
mod guesses;
mod key_rotation;
mod keys;
mod lifecycle;
mod limits;
mod oauth2_crate;
mod presets;
pub(crate) mod process;
mod redis;
mod redis_failovers;
mod redis_loop;
mod redis_nodes;
mod redis_tls;
mod resources;
mod secrecy;
