//! What the log says of a server that is set up for a first look, and within reach.

use super::process::{TokenServer, program};

#[test]
fn the_demo_beyond_loopback_is_warned_of_by_the_names_of_its_secrets() {
    let args = ["--listen", "0.0.0.0:0", "--store", "memory:"];
    let server = TokenServer::start(program().args(args), None);
    let logged = server.stop("TERM").stderr;
    for says in [
        "clients[0].secret of TestClient is that of the demo",
        "users[0].password of bshaffer is that of the demo",
        "is not https",
    ] {
        assert!(logged.contains(says), "{logged}");
    }
    assert!(!logged.contains("TestSecret"), "{logged}");
    assert!(!logged.contains("brent123"), "{logged}");
}

#[test]
fn the_demo_on_loopback_is_not_warned_of() {
    let logged = TokenServer::demo().stop("TERM").stderr;
    assert!(!logged.contains("of the demo"), "{logged}");
    assert!(!logged.contains("https"), "{logged}");
}
