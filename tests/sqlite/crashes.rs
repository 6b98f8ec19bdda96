//! A process that is killed at any moment: everything that it had returned is there.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reissue::store::{Revoke, Store as _};
use reissue_tests::usual_or_long;

use crate::support::{Folder, generation, log_in, open, refresh, sid, subject};

#[test]
fn what_was_returned_survives_a_kill_at_any_moment() {
    let folder = Folder::new();
    let mut runner = TestRunner::deterministic();
    let mut next = 0;
    for _ in 0..usual_or_long(200, 2_000) {
        // Lines until the kill, and some microseconds into what follows.
        let moment = (1..60_usize, 0..2_000_u64).new_tree(&mut runner).unwrap();
        let (lines, micros) = moment.current();
        let mut child = start(&folder.database(), next);
        let returned = read(&mut child, lines, Duration::from_micros(micros));
        next += 1_000;
        check(&folder.database(), &returned);
    }
}

/// What a session must at least be like: its generation, or that it is revoked.
type Returned = HashMap<u64, Option<u64>>;

/// Reads so many lines, waits, kills the child, and reads what it wrote until then.
fn read(child: &mut Child, lines: usize, wait: Duration) -> Returned {
    let mut returned = Returned::new();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut note = |line: String| {
        // The harness of the tests writes lines, too.
        let Some(line) = line.strip_prefix("returned ") else {
            return false;
        };
        // The last line may be half of one.
        if let Some((number, state)) = line.strip_suffix('.').and_then(|line| line.split_once(' '))
        {
            returned.insert(number.parse().unwrap(), state.parse().ok());
        }
        true
    };
    let mut seen = 0;
    while seen < lines {
        seen += usize::from(note(out.next().expect("it writes for ever").unwrap()));
    }
    std::thread::park_timeout(wait);
    child.kill().unwrap();
    child.wait().unwrap();
    for line in out.map_while(Result::ok) {
        note(line);
    }
    returned
}

fn check(database: &Path, returned: &Returned) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = open(database);
        for (number, state) in returned {
            let found = generation(&store, *number).await;
            match state {
                None => assert_eq!(found, None, "{number} was revoked"),
                // The revocation that follows may have taken effect, and was not returned.
                Some(1) if found.is_none() && is_revoked_in_the_end(*number) => {}
                Some(generation) => assert!(found >= Some(*generation), "{number}: {found:?}"),
            }
        }
    });
}

/// Starts this program again, for [`writer`] only.
fn start(database: &Path, first: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crashes::writer", "--nocapture", "--ignored"])
        .env(DATABASE, database)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Logs in, refreshes and revokes until it is killed, and writes what was returned.
#[tokio::test]
#[ignore = "a part of the test above, in a process of its own"]
async fn writer() {
    let Ok(database) = std::env::var(DATABASE) else {
        return;
    };
    let first: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let store = open(Path::new(&database));
    let tasks: Vec<_> = (0..4)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                for round in 0.. {
                    let number = first + task + 4 * round;
                    log_in(&store, number).await;
                    returned(number, "0.");
                    refresh(&store, number, 0).await;
                    returned(number, "1.");
                    if is_revoked_in_the_end(number) {
                        let revoke = Revoke::One(sid(number));
                        assert_eq!(store.revoke(subject(number), revoke).await.unwrap(), 1);
                        returned(number, "revoked.");
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Every second session of each task.
fn is_revoked_in_the_end(number: u64) -> bool {
    number / 4 % 2 == 1
}

fn returned(number: u64, state: &str) {
    let line = format!("returned {number} {state}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

const DATABASE: &str = "REISSUE_TEST_DATABASE";
const FIRST: &str = "REISSUE_TEST_FIRST";
