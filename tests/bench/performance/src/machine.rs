//! What the figures were taken on, and with.

use std::error::Error;
use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

use jiff::Timestamp;

pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    memory: String,
    kernel: String,
    rustc: String,
    redis: String,
    crates: String,
    commit: String,
    date: String,
    /// Before anything was measured.
    load: String,
}

impl Machine {
    pub(crate) fn look() -> Result<Self, Box<dyn Error>> {
        let commit = say("git", &["rev-parse", "--short=10", "HEAD"])?;
        // The page itself is written by this program.
        let changed = say(
            "git",
            &["status", "--porcelain", "--", ".", ":!docs/performance*"],
        )?;
        let changes = if changed.is_empty() {
            ""
        } else {
            ", with changes that are not committed"
        };
        Ok(Self {
            cpu: field("/proc/cpuinfo", "model name")?,
            cores: available_parallelism()?.get(),
            memory: field("/proc/meminfo", "MemTotal")?,
            kernel: say("uname", &["-sr"])?,
            rustc: say("rustc", &["--version"])?,
            redis: say("redis-server", &["--version"])?
                .split(" sha")
                .next()
                .unwrap_or_default()
                .to_owned(),
            crates: versions(),
            commit: format!("{commit}{changes}"),
            date: Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string(),
            load: load_average(),
        })
    }

    /// What is what, in rows.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        [
            ("date", self.date.clone()),
            ("commit", self.commit.clone()),
            ("CPU", format!("{}, {} cores", self.cpu, self.cores)),
            ("memory", self.memory.clone()),
            ("kernel", self.kernel.clone()),
            ("compiler", self.rustc.clone()),
            ("Redis", self.redis.clone()),
            ("crates", self.crates.clone()),
            ("load average before", self.load.clone()),
            ("load average after", load_average()),
        ]
        .into_iter()
        .map(|(name, value)| vec![name.to_owned(), value])
        .collect()
    }
}

/// Over 1, 5 and 15 minutes.
fn load_average() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

fn field(file: &str, name: &str) -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':'));
    Ok(value.map_or_else(String::new, |(_, value)| value.trim().to_owned()))
}

fn say(program: &str, args: &[&str]) -> Result<String, Box<dyn Error>> {
    let output = Command::new(program)
        .args(args)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// The versions of what matters to speed, by the lockfile that this was built with.
fn versions() -> String {
    let lock = include_str!("../../../../Cargo.lock");
    let version = |name: &&str| {
        let (_, rest) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
        let (version, _) = rest.split_once('"')?;
        Some(format!("{name} {version}"))
    };
    CRATES
        .iter()
        .filter_map(version)
        .collect::<Vec<_>>()
        .join(", ")
}

const CRATES: [&str; 7] = [
    "reissue",
    "tokio",
    "hyper",
    "axum",
    "redis",
    "pasetors",
    "aws-lc-rs",
];
