use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::RwLock;
use tokio::task::{spawn_blocking, yield_now};

use crate::token_server::process::TokenServer;

/// Two servers with one file, behind what sends the requests of a server that restarts to the other
/// one.
pub(super) struct Fleet {
    nodes: [RwLock<Option<Arc<TokenServer>>>; 2],
}

impl Fleet {
    pub(super) async fn start(file: &Path) -> Self {
        let [one, two] = [start(file).await, start(file).await];
        Self {
            nodes: [one, two].map(|node| RwLock::new(Some(Arc::new(node)))),
        }
    }

    /// That server, or the other one while it restarts.
    pub(super) async fn node(&self, at: usize) -> Arc<TokenServer> {
        for node in [&self.nodes[at], &self.nodes[1 - at]] {
            if let Some(node) = &*node.read().await {
                return node.clone();
            }
        }
        panic!("one of them runs at any time")
    }

    /// Stops a server when it has no request, starts it again, and returns what the old one logged.
    pub(super) async fn restart(&self, at: usize, file: &Path) -> String {
        let old = self.nodes[at].write().await.take();
        let log = stop(old.expect("it runs")).await;
        *self.nodes[at].write().await = Some(Arc::new(start(file).await));
        log
    }

    /// Stops both and returns what they logged.
    pub(super) async fn stop(self) -> Vec<String> {
        let mut logs = Vec::new();
        for node in self.nodes {
            let node = node.into_inner().expect("it runs");
            logs.push(stop(node).await);
        }
        logs
    }
}

async fn start(file: &Path) -> TokenServer {
    let file: PathBuf = file.to_owned();
    let started = spawn_blocking(move || TokenServer::with_file(&file)).await;
    started.expect("it starts")
}

async fn stop(mut node: Arc<TokenServer>) -> String {
    let node = loop {
        match Arc::try_unwrap(node) {
            Ok(node) => break node,
            Err(shared) => node = shared,
        }
        yield_now().await;
    };
    let ended = spawn_blocking(move || node.stop("TERM")).await;
    ended.expect("it stops").stderr
}
