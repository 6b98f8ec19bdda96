//! A redis-server of its own for each test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use reissue::Timestamp;
use reissue::store::contract::Harness;
use reissue_redis::{RedisStore, RedisStoreBuilder};
use tempfile::TempDir;

pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    program: &'static str,
    arguments: Vec<String>,
    directory: TempDir,
    configuration: Option<TempDir>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(arguments: &[&str]) -> Self {
        Self::on(free_port(), arguments)
    }

    pub(crate) fn on(port: u16, arguments: &[&str]) -> Self {
        let mut all: Vec<String> = ["--save", ""].map(str::to_owned).to_vec();
        all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        Self::run("redis-server", port, all)
    }

    /// One that watches a master called `main`; two of three must agree.
    pub(crate) fn sentinel(master: u16) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("sentinel.conf");
        let configuration = format!(
            "sentinel monitor main 127.0.0.1 {master} 2\n\
            sentinel down-after-milliseconds main 1000\n\
            sentinel failover-timeout main 5000\n"
        );
        std::fs::write(&file, configuration).expect("a file");
        let file = file.display().to_string();
        let mut server = Self::run("redis-sentinel", free_port(), vec![file]);
        server.configuration = Some(directory);
        server
    }

    fn run(program: &'static str, port: u16, arguments: Vec<String>) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let process = spawn(program, port, directory.path(), &arguments);
        Self {
            process,
            port,
            program,
            arguments,
            directory,
            configuration: None,
        }
    }

    /// Kills it, and starts it again with what is on its disk.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.process = spawn(
            self.program,
            self.port,
            self.directory.path(),
            &self.arguments,
        );
    }

    pub(crate) fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A store with keys of its own.
    pub(crate) fn builder(&self) -> RedisStoreBuilder {
        static STORES: AtomicU32 = AtomicU32::new(0);
        let number = STORES.fetch_add(1, Ordering::Relaxed);
        RedisStore::connect(self.url()).with_prefix(format!("test{number}:"))
    }

    pub(crate) fn store(&self) -> RedisStore {
        self.builder().build().expect("the configuration is good")
    }

    pub(crate) fn ask(&self, words: &[&str]) -> Answer {
        Client::connect(self.port).ask(words)
    }

    /// A line of `INFO`.
    pub(crate) fn info(&self, section: &str, name: &str) -> String {
        let info = self.ask(&["INFO", section]).text();
        let line = info.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key == name).then(|| value.to_owned())
        });
        line.unwrap_or_default()
    }

    pub(crate) fn now(&self) -> Timestamp {
        let Answer::Many(parts) = self.ask(&["TIME"]) else {
            panic!("not a time");
        };
        let number = |at: usize| -> u64 { parts[at].clone().text().parse().expect("a number") };
        Timestamp::from_millis(number(0) * 1_000 + number(1) / 1_000)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Harness for Server {
    type Store = RedisStore;

    async fn store(&self) -> RedisStore {
        Server::store(self)
    }

    async fn pass(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    async fn now(&self) -> Timestamp {
        Server::now(self)
    }
}

fn spawn(program: &str, port: u16, directory: &Path, arguments: &[String]) -> Child {
    let (file, options) = match arguments.first() {
        Some(first) if !first.starts_with("--") => arguments.split_at(1),
        _ => arguments.split_at(0),
    };
    let process = Command::new(program)
        .args(file)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
        .args(["--daemonize", "no", "--dir"])
        .arg(directory)
        .args(options)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server is installed");
    let patience = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < patience, "{program} does not come up");
        thread::sleep(Duration::from_millis(10));
    }
    process
}

/// Enough of a client to look into a server with.
pub(crate) struct Client(BufReader<TcpStream>);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Error(String),
    Many(Vec<Answer>),
    Nothing,
    Number(i64),
    Text(Vec<u8>),
}

impl Answer {
    pub(crate) fn text(self) -> String {
        match self {
            Answer::Text(text) => String::from_utf8(text).expect("UTF-8"),
            other => panic!("not a text but {other:?}"),
        }
    }

    pub(crate) fn number(self) -> i64 {
        match self {
            Answer::Number(number) => number,
            other => panic!("not a number but {other:?}"),
        }
    }
}

impl Client {
    pub(crate) fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server listens");
        Self(BufReader::new(stream))
    }

    pub(crate) fn ask(&mut self, words: &[&str]) -> Answer {
        let mut request = format!("*{}\r\n", words.len());
        for word in words {
            request += &format!("${}\r\n{word}\r\n", word.len());
        }
        let stream = self.0.get_mut();
        stream.write_all(request.as_bytes()).expect("it reads");
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("it answers");
        let line = line.trim_end();
        let (kind, rest) = line.split_at(1);
        let length = || rest.parse::<i64>().expect("a number");
        match kind {
            "-" => Answer::Error(rest.to_owned()),
            "+" => Answer::Text(rest.into()),
            ":" => Answer::Number(length()),
            "$" | "*" if length() < 0 => Answer::Nothing,
            "$" => {
                let mut text = vec![0; usize::try_from(length()).expect("a length") + 2];
                self.0.read_exact(&mut text).expect("all of it");
                text.truncate(text.len() - 2);
                Answer::Text(text)
            }
            "*" => Answer::Many((0..length()).map(|_| self.answer()).collect()),
            _ => panic!("not RESP: {line:?}"),
        }
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
