//! Replies that reach the wrong request, come twice or in half, and commands that are delivered
//! twice.

use std::time::Duration;

use reissue::Denial;
use reissue_redis::RedisStoreErrorKind as Kind;
use reissue_tests::Proxy;
use reissue_tests::honest::Honest;
use reissue_tests::proxy::named;
use reissue_tests::redis::RedisServer;
use tokio::time::sleep;

use super::{Fleet, Unharmed};

#[tokio::test(flavor = "multi_thread")]
async fn swapped_replies_are_no_verdict() {
    let (proxy, fleet, unharmed) =
        under_load(|proxy| proxy.swap_next_replies(named("EVALSHA"))).await;
    assert_mismatches_were_seen(&proxy, &fleet, &unharmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_replies_are_no_verdict() {
    let (proxy, fleet, unharmed) =
        under_load(|proxy| proxy.repeat_next_reply(named("EVALSHA"))).await;
    assert_mismatches_were_seen(&proxy, &fleet, &unharmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn truncated_replies_are_no_verdict() {
    let (proxy, _fleet, _unharmed) =
        under_load(|proxy| proxy.truncate_next_reply(named("EVALSHA"))).await;
    assert!(proxy.connections() > 10, "each was replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_are_delivered_twice_have_the_effect_of_one() {
    let (proxy, fleet, unharmed) = under_load(|proxy| {
        for _ in 0..4 {
            proxy.duplicate_next(named("EVALSHA"));
        }
    })
    .await;
    assert!(proxy.faults() > 100);
    assert_eq!(unharmed.report.retries, 0, "nobody saw an error");
    assert_eq!(fleet.witness.count("Retried"), 0);
    assert_eq!(proxy.connections(), 1);
}

/// Twelve clients that refresh while the same fault happens again and again, next to one whose
/// session is revoked: a reply of his would log others out, and a reply of theirs would let him in.
async fn under_load(fault: impl Fn(&Proxy)) -> (Proxy, Fleet, Unharmed) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let fleet = Fleet::at(proxy.url());
    let mut tokens = fleet.login(13).await;
    let revoked = tokens.pop().expect("there are thirteen");
    let ended = fleet.engine.server.revoke_sessions("user-12", None).await;
    assert_eq!(ended.ok(), Some(1));
    let honest = Honest::new(Duration::from_secs(20)).with_pause(Duration::from_millis(1));
    let scenario = async {
        for _ in 0..60 {
            fault(&proxy);
            for _ in 0..8 {
                let refused = fleet.engine.refresh(&revoked).await.err();
                let refused = refused.expect("it was revoked");
                let right = [Denial::SessionMissing, Denial::StoreUnavailable];
                assert!(right.contains(&refused), "{refused:?}");
            }
            sleep(Duration::from_millis(20)).await;
        }
        let kinds = fleet.witness.take_kinds();
        proxy.heal();
        kinds
    };
    let (unharmed, kinds) = fleet.endure(&honest, tokens, scenario).await;
    for kind in kinds {
        // Half a reply is none that Redis could have sent.
        let expected = [
            Kind::MismatchedReply,
            Kind::UnexpectedReply,
            Kind::ConnectionLost,
            Kind::Timeout,
        ];
        assert!(expected.contains(&kind), "{kind:?}");
    }
    // A connection of its own, since the last one may still be out of step.
    let node = Fleet::at(server.url());
    let node = fleet.node(node.engine.store);
    node.assert_advanced_once(&unharmed).await;
    (proxy, fleet, unharmed)
}

fn assert_mismatches_were_seen(proxy: &Proxy, fleet: &Fleet, unharmed: &Unharmed) {
    assert!(unharmed.report.retries > 10, "{:?}", unharmed.report);
    assert!(proxy.connections() > 10, "each was replaced");
    assert!(fleet.witness.count("Failed") > 10, "operators know");
}
