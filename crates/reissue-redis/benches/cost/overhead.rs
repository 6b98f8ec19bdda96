//! What the store takes above the driver, for the same script on the same server.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redis::Value;
use redis::aio::MultiplexedConnection;
use reissue::Sid;
use reissue::store::{Revoke, Store, SubjectKey};

use crate::memory::{login, rotation, sid, subject_key};
use crate::server::Server;

pub(crate) async fn report(server: &Server) {
    let store = server.store();
    let mut driver = server.driver().await;
    for number in 0..2 {
        login(&store, number, number).await;
    }
    let mut raw_generation = 1;
    let mut store_generation = 1;
    let (mut pings, mut raws, mut stores) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..REPETITIONS {
            ping(&mut driver).await;
        }
        pings.push(micros(start));
        let start = Instant::now();
        for _ in 0..REPETITIONS {
            raw(&mut driver, raw_generation).await;
            raw_generation += 1;
        }
        raws.push(micros(start));
        let start = Instant::now();
        for _ in 0..REPETITIONS {
            let advance = rotation(subject_key(1), sid(1), store_generation);
            store.advance(advance).await.expect("it serves");
            store_generation += 1;
        }
        stores.push(micros(start));
    }
    let (ping, raw, store) = (median(pings), median(raws), median(stores));
    println!("\none refresh, one after the other (median of rounds)");
    println!("  PING through the driver                {ping:>8.1} µs");
    println!("  the raw EVALSHA through the driver     {raw:>8.1} µs");
    println!("  RedisStore::advance                    {store:>8.1} µs");
    let overhead = (store / raw - 1.0) * 100.0;
    println!("  overhead                               {overhead:>8.1} %  (target: at most 20 %)");
}

/// What Redis counts for one refresh: the least and the median of many slices, because the machine
/// may be busy.
pub(crate) async fn own_count(server: &Server) {
    let store = server.store();
    let mut driver = server.driver().await;
    println!(
        "\none refresh by Redis' own count (targets: at most 5 µs together, 8 µs one at a time)"
    );
    for sessions in [1, 3, 30] {
        for subject in 0..TOGETHER {
            for number in 0..sessions {
                login(&store, subject, subject * sessions + number).await;
            }
        }
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        for generation in 1..=SLICES {
            for (times, is_together) in [(&mut alone, false), (&mut together, true)] {
                let _: Value = command(&["CONFIG", "RESETSTAT"], &mut driver).await;
                let from = generation * 2 - u64::from(!is_together);
                let mut pipeline = redis::Pipeline::new();
                for subject in 0..TOGETHER {
                    let cmd = raw_command(subject_key(subject), sid(subject * sessions), from);
                    if is_together {
                        pipeline.add_command(cmd);
                    } else {
                        let reply: Vec<u8> = cmd.query_async(&mut driver).await.expect("it serves");
                        assert_eq!(reply.len(), 36, "the short script");
                    }
                }
                if is_together {
                    let replies: Vec<Vec<u8>> =
                        pipeline.query_async(&mut driver).await.expect("it serves");
                    assert!(replies.iter().all(|reply| reply.len() == 36));
                }
                let statistics: String = command(&["INFO", "commandstats"], &mut driver).await;
                let cost = statistics.lines().find_map(|line| {
                    let line = line.strip_prefix("cmdstat_evalsha:")?;
                    let (_, cost) = line.split_once("usec_per_call=")?;
                    cost.split(',').next()?.parse::<f64>().ok()
                });
                times.push(cost.expect("it was called"));
            }
        }
        let least = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "  {sessions:>2} sessions a subject  together {:>5.1} µs (median {:.1}), \
             one at a time {:>5.1} µs (median {:.1})",
            least(&together),
            median(together),
            least(&alone),
            median(alone),
        );
        let _: Value = command(&["FLUSHALL"], &mut driver).await;
    }
}

async fn command<T: redis::FromRedisValue>(
    words: &[&str],
    driver: &mut MultiplexedConnection,
) -> T {
    let mut cmd = redis::Cmd::new();
    for word in words {
        cmd.arg(*word);
    }
    cmd.query_async(driver).await.expect("it answers")
}

/// The longest that any one call takes for a subject with 100,000 sessions.
pub(crate) async fn large_subject(server: &Server) {
    let store = server.store();
    for number in 0..100_000 {
        let mut login = std::pin::pin!(login(&store, 0, number));
        login.as_mut().await;
    }
    let subject = subject_key(0);
    println!("\na subject with 100,000 sessions");
    let start = Instant::now();
    login(&store, 0, 100_001).await;
    println!(
        "  a login and a refresh   {:>8.2} ms",
        micros_once(start) / 1e3
    );
    let start = Instant::now();
    let mut longest = 0.0_f64;
    let (mut cursor, mut pages) = (None, 0);
    loop {
        let asked = Instant::now();
        let page = store
            .sessions(subject, cursor, 100)
            .await
            .expect("it serves");
        longest = longest.max(micros_once(asked));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    println!(
        "  {pages} pages of 100       {:>8.2} ms, the longest {:.2} ms",
        micros_once(start) / 1e3,
        longest / 1e3
    );
    let start = Instant::now();
    let one = Revoke::AllBut(sid(7));
    let revoked = store.revoke(subject, one).await.expect("it serves");
    println!(
        "  revoking {revoked}         {:>8.2} ms",
        micros_once(start) / 1e3
    );
}

async fn ping(driver: &mut MultiplexedConnection) {
    let _: Value = redis::cmd("PING")
        .query_async(driver)
        .await
        .expect("it answers");
}

async fn raw(driver: &mut MultiplexedConnection, from: u64) {
    let reply: Vec<u8> = raw_command(subject_key(0), sid(0), from)
        .query_async(driver)
        .await
        .expect("it knows the script");
    assert_eq!(reply.len(), 36, "the short script");
}

/// The command that the store sends for a refresh.
pub(crate) fn raw_command(subject: SubjectKey, sid: Sid, from: u64) -> redis::Cmd {
    let advance = rotation(subject, sid, from);
    let key = BASE64_URL_SAFE_NO_PAD.encode(subject.as_bytes());
    let mut tag = sid.as_bytes().to_vec();
    tag.extend(advance.attempt.as_bytes());
    // No rotation is remembered, and the last one may move by a sixteenth of 30 days.
    tag.extend([0; 6]);
    tag.extend(&162_000_000_u64.to_be_bytes()[2..]);
    let expected = beginning(from);
    let mut cmd = redis::cmd("EVALSHA");
    cmd.arg(redis::Script::new(SHORT).get_hash())
        .arg(1)
        .arg(format!("reissue:{key}"))
        .arg(tag)
        .arg(&expected)
        .arg(beginning(advance.to))
        .arg(format!(">c{}c8I5I6I5", expected.len()));
    cmd
}

/// What a record begins with: version and flags, the generation, and an idle time of 720 hours.
fn beginning(mut generation: u64) -> Vec<u8> {
    let mut bytes = vec![0x42];
    while generation >= 0x80 {
        bytes.push((generation & 0x7f) as u8 | 0x80);
        generation >>= 7;
    }
    bytes.push(generation as u8);
    bytes.extend([0xc3, 0x16]);
    bytes
}

fn micros(start: Instant) -> f64 {
    micros_once(start) / f64::from(REPETITIONS)
}

fn micros_once(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

const ROUNDS: usize = 41;
const REPETITIONS: u32 = 500;
const SLICES: u64 = 60;
const TOGETHER: u64 = 64;

/// The script of a common refresh, as the store sends it.
const SHORT: &str = include_str!("../../src/scripts/advance_short.lua");
