use super::*;

const TIMEOUTS: Timeouts = Timeouts {
    header: Duration::from_secs(5),
    body: Duration::from_secs(6),
    write: Duration::from_secs(7),
    idle: Duration::from_secs(60),
    shutdown: Duration::from_secs(10),
};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A connection that was just accepted.
fn accepted(accepted: Instant) -> Waits {
    Waits {
        accepted,
        is_greeted: false,
        requests: 0,
        head_began: None,
        idle_since: None,
        stalled: None,
        closing: None,
        stop: None,
    }
}

fn due(waits: &Waits) -> Option<(Duration, Action)> {
    let due = waits.due(&TIMEOUTS)?;
    Some((due.at - waits.accepted, due.action))
}

#[test]
fn the_first_head_is_due_from_the_moment_of_accepting() {
    let mut waits = accepted(Instant::now());
    let expected = Some((secs(5), Action::Cut(Cause::Head)));
    assert_eq!(due(&waits), expected);
    waits.head_began = Some(waits.accepted + secs(4));
    assert_eq!(due(&waits), expected, "a byte does not buy time");
}

#[test]
fn a_further_head_is_due_from_its_first_byte() {
    let mut waits = accepted(Instant::now());
    waits.is_greeted = true;
    waits.idle_since = Some(waits.accepted + secs(10));
    assert_eq!(due(&waits), Some((secs(70), Action::Close)));
    waits.head_began = Some(waits.accepted + secs(40));
    assert_eq!(due(&waits), Some((secs(45), Action::Cut(Cause::Head))));
}

#[test]
fn a_service_has_no_deadline() {
    let mut waits = accepted(Instant::now());
    waits.is_greeted = true;
    waits.requests = 1;
    waits.idle_since = Some(waits.accepted);
    assert_eq!(due(&waits), None);
    waits.stalled = Some(waits.accepted + secs(3));
    assert_eq!(due(&waits), Some((secs(10), Action::Cut(Cause::Write))));
}

#[test]
fn an_idle_connection_that_does_not_close_is_cut() {
    let mut waits = accepted(Instant::now());
    waits.is_greeted = true;
    waits.idle_since = Some(waits.accepted);
    waits.closing = Some(waits.accepted + secs(60));
    assert_eq!(due(&waits), Some((secs(61), Action::Cut(Cause::Idle))));
}

#[test]
fn when_the_server_stops_only_requests_have_more_than_a_second() {
    let mut waits = accepted(Instant::now());
    let since = waits.accepted + secs(2);
    waits.stop = Some(Stop {
        since,
        until: Some(since + secs(10)),
    });
    assert_eq!(due(&waits), Some((secs(3), Action::Cut(Cause::Stop))));
    waits.is_greeted = true;
    waits.idle_since = Some(waits.accepted);
    assert_eq!(due(&waits), Some((secs(3), Action::Cut(Cause::Stop))));
    waits.requests = 1;
    assert_eq!(due(&waits), Some((secs(12), Action::Cut(Cause::Stop))));
    waits.stalled = Some(waits.accepted);
    assert_eq!(due(&waits), Some((secs(3), Action::Cut(Cause::Write))));
    waits.stalled = Some(since + secs(4));
    assert_eq!(due(&waits), Some((secs(7), Action::Cut(Cause::Write))));
}

#[test]
fn durations_that_overflow_are_no_deadlines() {
    let timeouts = Timeouts {
        header: Duration::MAX,
        body: Duration::MAX,
        write: Duration::MAX,
        idle: Duration::MAX,
        shutdown: Duration::MAX,
    };
    let mut waits = accepted(Instant::now());
    waits.stalled = Some(waits.accepted);
    assert_eq!(waits.due(&timeouts), None);
    waits.is_greeted = true;
    waits.idle_since = Some(waits.accepted);
    assert_eq!(waits.due(&timeouts), None);
}

#[test]
fn a_peer_that_still_reads_is_not_idle() {
    let mut waits = accepted(Instant::now());
    waits.is_greeted = true;
    waits.idle_since = Some(waits.accepted);
    waits.stalled = Some(waits.accepted + secs(58));
    assert_eq!(due(&waits), Some((secs(65), Action::Cut(Cause::Write))));
}
