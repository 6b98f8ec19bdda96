//! The load generator: what it asks, what it counts, and from when.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, in its helpers too"
)]

mod host;

use std::time::{Duration, Instant};

use reissue::Policy;
use reissue_load::{
    Authentication, Client, FirstToken, Length, Load, LoadError, Pace, Present, Report, Target,
};
use reissue_tests::{Endpoint, SECRET};

use self::host::{Host, Manner};

#[tokio::test]
async fn sessions_refresh_with_their_newest_tokens() {
    let endpoint = Endpoint::new();
    let host = Host::start(&endpoint, Manner::Honest).await;
    let (report, tokens) = run(load(&host).with_sessions(3).with_length(TEN)).await;
    assert_eq!(report.refreshes, 30);
    assert_clean(&report);
    assert!(report.errors.is_empty(), "{:?}", report.errors);
    // One login each, one request for each refresh, and one connection for all of them.
    assert_eq!((host.requests(), host.connections()), (33, 3));
    assert_eq!(tokens.len(), 3);
    for token in tokens {
        let form = format!("grant_type=refresh_token&client_id=app&refresh_token={token}");
        assert_eq!(endpoint.post_bare(&form).await.summary(), "200");
    }
}

#[tokio::test]
async fn clients_authenticate_in_each_way() {
    let endpoint = Endpoint::new();
    let host = Host::start(&endpoint, Manner::Honest).await;
    for (id, authentication) in [
        ("app", Authentication::None),
        ("web", Authentication::Basic(SECRET.to_owned())),
        ("web", Authentication::Post(SECRET.to_owned())),
    ] {
        let client = Client::new(id, &authentication);
        let load = Load::new(vec![host.target()], client, password()).with_length(TEN);
        let (report, _) = run(load).await;
        assert_eq!(report.refreshes, 10, "{authentication:?}");
        assert_clean(&report);
    }
}

#[tokio::test]
async fn a_client_that_the_server_does_not_know_gets_no_token() {
    let host = Host::start(&Endpoint::new(), Manner::Honest).await;
    let client = Client::new("web", &Authentication::Basic("wrong".to_owned()));
    let load = Load::new(vec![host.target()], client, password());
    let error = load.run(|_| {}).await.unwrap_err();
    let LoadError::FirstToken { cause, .. } = error else {
        panic!("{error:?}");
    };
    let expected = "the login was answered with 401 invalid_client";
    assert_eq!(cause.to_string(), expected);
}

#[tokio::test]
async fn first_tokens_come_from_a_list() {
    let endpoint = Endpoint::new();
    let host = Host::start(&endpoint, Manner::Honest).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.push(endpoint.login().await.text("refresh_token").to_owned());
    }
    let client = Client::new("web", &Authentication::Basic(SECRET.to_owned()));
    let load = Load::new(vec![host.target()], client, FirstToken::List(tokens));
    let (report, _) = run(load.clone().with_sessions(2).with_length(TEN)).await;
    assert_eq!(report.refreshes, 20);
    assert_eq!(host.requests(), 20);
    let error = load.with_sessions(3).run(|_| {}).await.unwrap_err();
    assert!(
        matches!(error, LoadError::FirstToken { session: 2, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn first_tokens_come_from_a_command() {
    let endpoint = Endpoint::new();
    let host = Host::start(&endpoint, Manner::Honest).await;
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2 {
        let token = endpoint.login().await;
        let file = folder.path().join(format!("token-{number}"));
        std::fs::write(file, token.text("refresh_token")).unwrap();
    }
    let command = format!("cat {}/token-{{n}}", folder.path().display());
    let client = Client::new("web", &Authentication::Basic(SECRET.to_owned()));
    let load = Load::new(vec![host.target()], client, FirstToken::Command(command));
    let (report, _) = run(load.with_sessions(2).with_length(TEN)).await;
    assert_eq!(report.refreshes, 20);
}

#[tokio::test]
async fn an_honest_client_that_is_logged_out_is_a_lost_session() {
    let host = Host::start(&Endpoint::new(), Manner::LogsOut { request: 12 }).await;
    let (report, tokens) = run(load(&host).with_sessions(3).with_length(TEN)).await;
    assert_eq!((report.lost, report.refused), (1, 0));
    assert_eq!(report.errors.get("400 invalid_grant"), Some(&1));
    assert!(!report.is_clean());
    assert_eq!(tokens.len(), 2);
    assert!(report.refreshes >= 20, "the others go on: {report}");
}

#[tokio::test]
async fn a_lost_response_costs_a_session_without_grace_and_none_with_it() {
    for (grace, lost) in [(Duration::ZERO, 1), (Duration::from_secs(60), 0)] {
        let policy = Policy::builder().with_grace(grace).build().unwrap();
        let endpoint = Endpoint::builder().policy(policy).build();
        let host = Host::start(&endpoint, Manner::LosesResponse { request: 5 }).await;
        let (report, _) = run(load(&host).with_length(TEN)).await;
        assert_eq!(report.lost, lost, "{report}");
        assert_eq!(report.errors.get("connection broken"), Some(&1));
        assert_eq!((report.retries, report.reconnects), (1, 1));
        assert_eq!(report.refreshes, if lost == 1 { 3 } else { 10 });
    }
}

#[tokio::test]
async fn a_503_is_tried_again_and_counted_by_its_code() {
    let host = Host::start(&Endpoint::new(), Manner::Overloaded { every: 4 }).await;
    let load = load(&host).with_pause(Duration::from_millis(1));
    let (report, _) = run(load.with_length(TEN)).await;
    assert_eq!(report.refreshes, 10);
    assert_clean(&report);
    // One login and ten refreshes take fourteen requests when each fourth is turned away.
    assert_eq!(report.errors.get("503 temporarily_unavailable"), Some(&3));
    assert_eq!(report.retries, 3);
}

#[tokio::test]
async fn a_silent_server_is_asked_again_on_another_connection() {
    let host = Host::start(&Endpoint::new(), Manner::Silent { request: 5 }).await;
    let load = load(&host).with_timeout(Duration::from_millis(50));
    let (report, _) = run(load.with_length(TEN)).await;
    assert_eq!(report.refreshes, 10);
    assert_clean(&report);
    assert_eq!(report.errors.get("time-out"), Some(&1));
    assert_eq!(report.reconnects, 1);
}

#[tokio::test]
async fn a_request_that_the_server_finds_wrong_ends_the_session_and_is_not_a_lost_one() {
    let host = Host::start(&Endpoint::new(), Manner::Honest).await;
    let client = Client::new("nobody", &Authentication::None);
    let list = FirstToken::List(vec!["v4.local.whatever".to_owned()]);
    let load = Load::new(vec![host.target()], client, list).with_length(TEN);
    let (report, _) = run(load).await;
    assert_eq!((report.refused, report.lost, report.refreshes), (1, 0, 0));
    assert_eq!(report.errors.get("401 invalid_client"), Some(&1));
}

#[tokio::test]
async fn forged_tokens_and_garbage_are_wanted_to_be_refused() {
    let endpoint = Endpoint::new();
    let host = Host::start(&endpoint, Manner::Honest).await;
    for present in [Present::Forged, Present::Garbage] {
        let load = load(&host).with_length(TEN).with_present(present);
        let (report, _) = run(load).await;
        assert_eq!((report.refreshes, report.lost), (10, 0), "{present:?}");
        assert!(report.errors.is_empty(), "{:?}", report.errors);
    }
}

#[tokio::test]
async fn in_an_open_loop_latency_counts_from_when_a_refresh_was_due() {
    let stall = Duration::from_millis(500);
    let manner = Manner::Stalled { from: 11, stall };
    let host = Host::start(&Endpoint::new(), manner).await;
    // 200 refreshes in a second; for half of it the server is silent.
    let load = load(&host).with_sessions(4).with_pace(Pace::Open(200.0));
    let load = load.with_length(Length::Time(Duration::from_secs(1)));
    let (report, _) = run(load.with_warm_up(Duration::ZERO)).await;
    assert_clean(&report);
    assert_eq!(report.refreshes + report.unsent, 200);
    // A generator that waits for responses before it asks again would have seen four slow ones in
    // two hundred.
    let latency = report.latency;
    assert!(latency.p90 > 150_000.0, "{report}");
    assert!(latency.max >= 490_000.0, "{report}");
}

#[tokio::test]
async fn what_an_open_loop_could_not_send_in_time_is_counted() {
    let stall = Duration::from_millis(400);
    let host = Host::start(&Endpoint::new(), Manner::Stalled { from: 2, stall }).await;
    let load = load(&host).with_pace(Pace::Open(100.0));
    let load = load.with_length(Length::Time(Duration::from_millis(300)));
    let (report, _) = run(load.with_warm_up(Duration::ZERO)).await;
    assert_eq!(report.refreshes + report.unsent, 30, "{report}");
    assert!(report.unsent >= 25, "{report}");
}

#[tokio::test]
async fn targets_take_turns() {
    let endpoint = Endpoint::new();
    let hosts = [
        Host::start(&endpoint, Manner::Honest).await,
        Host::start(&endpoint, Manner::Honest).await,
    ];
    let targets: Vec<Target> = hosts.iter().map(Host::target).collect();
    let client = Client::new("app", &Authentication::None);
    let load = Load::new(targets, client, password()).with_sessions(2);
    let (report, _) = run(load.with_length(TEN)).await;
    assert_eq!(report.refreshes, 20);
    // Two logins and twenty refreshes.
    assert_eq!(hosts.each_ref().map(Host::requests), [11, 11]);
}

#[tokio::test]
async fn nothing_of_the_warm_up_is_measured() {
    let stall = Duration::from_millis(300);
    let host = Host::start(&Endpoint::new(), Manner::Stalled { from: 2, stall }).await;
    let load = load(&host).with_warm_up(Duration::from_millis(350));
    let load = load.with_length(Length::Time(Duration::from_millis(200)));
    let began = Instant::now();
    let (report, _) = run(load).await;
    assert!(began.elapsed() >= Duration::from_millis(550));
    assert!(report.refreshes > 0);
    assert!(report.latency.max < 290_000.0, "{report}");
}

#[tokio::test]
async fn the_report_is_json_that_reads_back() {
    let host = Host::start(&Endpoint::new(), Manner::Overloaded { every: 4 }).await;
    let (report, _) = run(load(&host).with_length(TEN)).await;
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["refreshes"], 10);
    assert_eq!(json["errors"]["503 temporarily_unavailable"], 3);
    let read: Report = serde_json::from_value(json).unwrap();
    assert_eq!(read.to_string(), report.to_string());
    for row in [
        "refreshes per second",
        "latency 99.9 %",
        "sessions lost",
        "503 temporarily_unavailable",
    ] {
        assert!(report.to_string().contains(row), "{row} in\n{report}");
    }
}

fn load(host: &Host) -> Load {
    let client = Client::new("app", &Authentication::None);
    Load::new(vec![host.target()], client, password())
}

fn password() -> FirstToken {
    FirstToken::Password {
        username: "user {n}".to_owned(),
        password: "right".to_owned(),
        scope: None,
    }
}

async fn run(load: Load) -> (Report, Vec<String>) {
    load.run(|_| {}).await.unwrap()
}

fn assert_clean(report: &Report) {
    assert_eq!((report.lost, report.refused), (0, 0), "{report}");
}

const TEN: Length = Length::Refreshes(10);
