//! How large a session is in the memory store.

use crate::setup::{SUBJECT, login, server};

const FAMILIES: u32 = 20_000;

/// Bytes that one family of its own subject takes, with its share of the index.
pub(crate) fn bytes_per_family() -> i64 {
    let server = server();
    let counted = allocation_counter::measure(|| {
        for number in 0..FAMILIES {
            let subject = format!("{number:08x}{}", &SUBJECT[8..]);
            drop(login(&server, &subject));
        }
    });
    let bytes = counted.bytes_current / i64::from(FAMILIES);
    drop(server);
    bytes
}
