//! Replies that no server of the tests gives when it is asked to, put in its mouth: whatever comes,
//! it is a 503 with a typed source, never a verdict.

use reissue_redis::RedisStoreErrorKind as Kind;
use reissue_tests::proxy::Command;
use reissue_tests::resp::RespClient;

use super::refused::Refused;

#[tokio::test(flavor = "multi_thread")]
async fn every_error_reply_is_503_with_a_kind_and_the_session_lives() {
    let (mut refused, proxy) = Refused::behind_a_proxy().await;
    for (reply, kind) in [
        ("ASK 1 127.0.0.1:1", Kind::Redirected),
        ("BUSY Redis is busy running a script.", Kind::Busy),
        ("CLUSTERDOWN Hash slot not served", Kind::ClusterDown),
        (
            "CROSSSLOT Keys don't hash to the same slot",
            Kind::CrossSlot,
        ),
        ("ERR Error running script", Kind::Script),
        (
            "LOADING Redis is loading the dataset in memory",
            Kind::Loading,
        ),
        ("MASTERDOWN Link with MASTER is down", Kind::MasterDown),
        (
            "MISCONF Redis is configured to save RDB snapshots",
            Kind::Misconf,
        ),
        ("MOVED 1 127.0.0.1:1", Kind::Redirected),
        ("NOAUTH Authentication required.", Kind::NoAuth),
        ("NOPERM this user has no permissions", Kind::NoPerm),
        (
            "NOREPLICAS Not enough good replicas to write.",
            Kind::NoReplicas,
        ),
        ("NOSCRIPT No matching script.", Kind::MismatchedReply),
        ("OOM command not allowed", Kind::Oom),
        (
            "READONLY You can't write against a read only replica.",
            Kind::ReadOnly,
        ),
        (
            "TRYAGAIN Multiple keys request during rehashing",
            Kind::TryAgain,
        ),
        ("WRONGTYPE Operation against a key", Kind::UnreadableRecord),
        ("YOUNGER than this crate", Kind::Other),
    ] {
        proxy.reply(format!("-{reply}\r\n"), scripts);
        refused.is_told(kind).await;
        proxy.heal();
        refused.is_alive().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_that_makes_no_sense_is_503_and_the_session_lives() {
    let (mut refused, proxy) = Refused::behind_a_proxy().await;
    for (reply, kind) in [
        ("+OK\r\n", Kind::UnexpectedReply),
        (":1\r\n", Kind::UnexpectedReply),
        ("$-1\r\n", Kind::UnexpectedReply),
        ("$4\r\ndone\r\n", Kind::UnexpectedReply),
        ("*-1\r\n", Kind::UnexpectedReply),
        ("*0\r\n", Kind::UnexpectedReply),
        ("*1\r\n$4\r\ndone\r\n", Kind::MismatchedReply),
        ("*2\r\n:1\r\n:2\r\n", Kind::MismatchedReply),
        ("*1\r\n*1\r\n*1\r\n$-1\r\n", Kind::MismatchedReply),
        ("?what\r\n", Kind::UnexpectedReply),
        ("$x\r\n", Kind::UnexpectedReply),
        ("HTTP/1.1 400 Bad Request\r\n\r\n", Kind::UnexpectedReply),
        // The rest never comes.
        ("$99\r\n", Kind::Timeout),
    ] {
        proxy.reply(reply, scripts);
        refused.is_told(kind).await;
        proxy.heal();
        refused.is_alive().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_has_lost_its_server_is_503_and_the_session_lives() {
    let (mut refused, _proxy) = Refused::behind_a_proxy().await;
    refused.server.kill();
    refused.is_told(Kind::ConnectionLost).await;
    refused.server.restart();
    refused.admin = RespClient::connect(refused.server.port()).expect("it listens");
    refused.is_alive().await;
}

fn scripts(command: &Command) -> bool {
    command.script().is_some()
}
