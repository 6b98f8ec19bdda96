use std::io;

use super::*;
use crate::denial::Denial;
use crate::store::{Sid, StoreError, StoreErrorKind};

#[test]
fn a_record_has_all_that_its_event_has() {
    let error = StoreError::new(StoreErrorKind::Timeout)
        .with_source(io::Error::other("no reply within 500 ms"));
    let requester = Requester {
        client: Some("app"),
        grant_type: Some("refresh_token"),
        address: None,
    };
    let failed = Event::Failed {
        requester,
        denial: Denial::StoreUnavailable,
        error: Some(&error),
    };
    let record = failed.to_record();
    assert_eq!(record.name, "failed");
    assert_eq!(record.client.as_deref(), Some("app"));
    assert_eq!(record.grant_type.as_deref(), Some("refresh_token"));
    assert_eq!(record.denial, Some(Denial::StoreUnavailable));
    assert_eq!(
        record.cause.as_deref(),
        Some("the session store did not respond in time: no reply within 500 ms")
    );
}

#[test]
fn a_record_can_be_sent_to_another_thread() {
    let reused = Event::Reused {
        session: SessionRef {
            client: "app",
            subject: "alice",
            sid: Sid::from_bytes([7; 16]),
            address: None,
        },
        presented: 3,
        current: 5,
        end: SessionEnd::Ended,
    };
    let record = reused.to_record();
    let record = std::thread::spawn(move || record).join().unwrap();
    assert_eq!(record.subject.as_deref(), Some("alice"));
    assert_eq!((record.presented, record.current), (Some(3), Some(5)));
    assert_eq!(record.end, Some(SessionEnd::Ended));
}
