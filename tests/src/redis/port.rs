//! Ports that nobody else uses.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

/// A port of the loopback interface on which nobody listens, and which is never handed out twice.
///
/// It is below the range from which the system takes ports for outgoing connections: a server that
/// was killed finds its port free when it returns.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn free_port() -> u16 {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    for _ in 0..1_000 {
        let port = candidate();
        if !WELL_KNOWN.contains(&port)
            && !given.contains(&port)
            && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        {
            given.insert(port);
            return port;
        }
    }
    panic!("no free port found");
}

fn candidate() -> u16 {
    let random = RandomState::new().hash_one(());
    let offset = u16::try_from(random % 20_000).expect("less than 20,000");
    10_000 + offset
}

/// Those that Sentinel and the bus of a cluster have by default.
const WELL_KNOWN: [u16; 2] = [16_379, 26_379];

static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
