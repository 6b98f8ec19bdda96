//! A redis-server that goes with its handle.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, IntoConnectionInfo};
use reissue_redis::RedisStore;

pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let process = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--dir"])
            .arg(std::env::temp_dir())
            .args(arguments)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            thread::sleep(Duration::from_millis(10));
        }
        Self { process, port }
    }

    pub(crate) fn store(&self) -> RedisStore {
        RedisStore::builder(self.url())
            .with_response_timeout(Duration::from_secs(30))
            .build()
            .expect("a good URL")
    }

    /// The driver alone, with the socket options that the store sets.
    pub(crate) async fn driver(&self) -> MultiplexedConnection {
        let info = self.url().into_connection_info().expect("a good URL");
        let tcp = info.tcp_settings().clone().set_nodelay(true);
        let client = Client::open(info.set_tcp_settings(tcp)).expect("a good URL");
        let config = AsyncConnectionConfig::new();
        client
            .get_multiplexed_async_connection_with_config(&config)
            .await
            .expect("it listens")
    }

    pub(crate) async fn used_memory(&self) -> u64 {
        let info: String = redis::cmd("INFO")
            .arg("memory")
            .query_async(&mut self.driver().await)
            .await
            .expect("it answers");
        let line = info
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        line.and_then(|bytes| bytes.trim().parse().ok())
            .expect("a number")
    }

    /// How often the server has read from a connection.
    pub(crate) async fn reads(&self) -> f64 {
        let info: String = redis::cmd("INFO")
            .arg("stats")
            .query_async(&mut self.driver().await)
            .await
            .expect("it answers");
        let reads = info
            .lines()
            .find_map(|line| line.strip_prefix("total_reads_processed:"));
        reads
            .and_then(|reads| reads.trim().parse().ok())
            .expect("a number")
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
