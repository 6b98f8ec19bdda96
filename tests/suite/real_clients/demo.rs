//! The configuration that everybody tries first.

use crate::token_server::process::{TokenServer, write_config};

/// The demo on a free port, with these texts of its configuration replaced.
pub(super) fn start(replaced: &[(&str, &str)]) -> TokenServer {
    let config = replaced.iter().fold(DEMO.to_owned(), |config, (old, new)| {
        assert!(config.contains(old), "the demo has no {old}");
        config.replacen(old, new, 1)
    });
    let folder = tempfile::tempdir().unwrap();
    TokenServer::with_file(&write_config(folder.path(), &config))
}

const DEMO: &str = include_str!("../../../examples/token-server/src/demo.toml");
