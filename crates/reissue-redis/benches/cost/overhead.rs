//! What the store takes above the driver, for the same script on the same server.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redis::Value;
use redis::aio::MultiplexedConnection;
use reissue::store::{Revoke, Store};

use crate::memory::{login, rotation, sid, subject_key};
use crate::server::Server;

pub(crate) async fn report(server: &Server) {
    let store = server.store();
    let mut driver = server.driver().await;
    for number in 0..2 {
        login(&store, number, number).await;
    }
    let script = advance_script();
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
            raw(&mut driver, &script, raw_generation).await;
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

async fn raw(driver: &mut MultiplexedConnection, script: &redis::Script, from: u64) {
    let advance = rotation(subject_key(0), sid(0), from);
    let key = BASE64_URL_SAFE_NO_PAD.encode(advance.subject.as_bytes());
    let tag = [
        advance.sid.as_bytes().as_slice(),
        advance.attempt.as_bytes(),
    ]
    .concat();
    let _: Value = redis::cmd("EVALSHA")
        .arg(script.get_hash())
        .arg(1)
        .arg(format!("reissue:{key}"))
        .arg(tag)
        .arg(varint(advance.from))
        .arg(varint(advance.to))
        .arg(b"")
        .arg(varint(720 * 4 + 3))
        .arg(b"\x0060000")
        .query_async(driver)
        .await
        .expect("it knows the script");
}

/// As the store assembles it, so that the server knows its digest.
fn advance_script() -> redis::Script {
    let prelude = include_str!("../../src/scripts/prelude.lua");
    let (shebang, body) = include_str!("../../src/scripts/advance.lua")
        .split_once('\n')
        .expect("a shebang");
    redis::Script::new(&format!("{shebang}\n{prelude}\n{body}"))
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
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
