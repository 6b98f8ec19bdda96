//! One dialogue with every stack: tower alone without a socket, axum, warp and hyper over real
//! sockets by HTTP/1.1 and HTTP/2, and the token server, a program of its own. All of them return
//! the same, byte for byte.

pub(crate) mod client;
mod dialogue;
mod stack;

use std::collections::BTreeSet;

use reissue_tests::TestKeys;

use self::client::Protocol;
use self::dialogue::{Line, dialogue};
use self::stack::{Framework, Stack};

#[tokio::test]
async fn all_stacks_respond_alike() {
    let keys = TestKeys::generate();
    let tower = dialogue(&Stack::on_tower(&keys)).await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        for framework in [Framework::Axum, Framework::Hyper, Framework::Warp] {
            let stack = Stack::listening(framework, protocol, &keys).await;
            let lines = dialogue(&stack).await;
            assert_eq!(lines.len(), tower.len());
            for (line, expected) in lines.iter().zip(&tower) {
                line.assert_like(expected, &format!("{framework:?} by {protocol:?}"));
            }
        }
    }
    let summaries: BTreeSet<&str> = tower.iter().map(Line::summary).collect();
    for summary in EVERY_KIND {
        assert!(summaries.contains(summary), "nothing returned {summary}");
    }
}

#[tokio::test]
async fn the_token_server_responds_as_the_stacks_do() {
    let tower = dialogue(&Stack::on_tower(&TestKeys::generate())).await;
    let program = dialogue(&Stack::token_server()).await;
    assert!(program.len() >= 40, "{} lines", program.len());
    let mut expected = tower.iter();
    for line in &program {
        let expected = expected.find(|expected| expected.name() == line.name());
        let expected = expected.unwrap_or_else(|| panic!("{line:?} is in no other dialogue"));
        line.assert_like(expected, "the token server");
    }
}

const EVERY_KIND: [&str; 17] = [
    "200",
    "204",
    "304",
    "400",
    "400 invalid_grant",
    "400 invalid_request",
    "400 invalid_scope",
    "400 invalid_target",
    "400 unauthorized_client",
    "400 unsupported_grant_type",
    "401",
    "401 invalid_client",
    "404",
    "405",
    "405 invalid_request",
    "413 invalid_request",
    "503 temporarily_unavailable",
];
