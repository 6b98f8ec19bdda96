//! The same requests over real sockets to axum, warp and bare hyper, by HTTP/1.1 and HTTP/2: the same answers, byte for
//! byte.

pub(crate) mod client;
mod dialogue;
mod host;

use std::collections::BTreeSet;

use reissue_tests::TestKeys;

use self::client::Protocol;
use self::dialogue::dialogue;
use self::host::{Framework, Host};

#[tokio::test]
async fn all_adapters_answer_alike_over_both_protocols() {
    let keys = TestKeys::generate();
    let mut over = Vec::new();
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let axum = dialogue(&Host::start(Framework::Axum, &keys).await, protocol).await;
        for framework in [Framework::Hyper, Framework::Warp] {
            let other = dialogue(&Host::start(framework, &keys).await, protocol).await;
            assert_eq!(axum.len(), other.len());
            for (one, other) in axum.iter().zip(&other) {
                match protocol {
                    Protocol::Http1 => assert_eq!(one, other, "axum and {framework:?}"),
                    // axum tells the length of an empty body here too, the others leave it out.
                    Protocol::Http2 => assert_eq!(
                        one.without_empty_length(),
                        other.without_empty_length(),
                        "axum and {framework:?} by HTTP/2"
                    ),
                }
            }
        }
        over.push(axum);
    }
    for (one, two) in over[0].iter().zip(&over[1]) {
        // HTTP/2 tells the end of an empty body without a length.
        assert_eq!(one.without_empty_length(), two.without_empty_length());
    }
    let codes: BTreeSet<&str> = over[0].iter().map(|line| line.summary.as_str()).collect();
    for summary in EVERY_KIND {
        assert!(codes.contains(summary), "nothing was answered {summary}");
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
