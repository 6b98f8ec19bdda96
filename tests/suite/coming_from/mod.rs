//! The rows of `docs/coming-from.md`, one module per system; those that need a configuration file
//! are in `token_server::coming_from`.

mod bshaffer;
mod league;
mod page;
mod rows;
mod wso2;
