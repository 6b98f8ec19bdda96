use std::io::ErrorKind;
use std::time::Duration;

use reissue_tests::Proxy;
use reissue_tests::proxy::{Afterwards, any, named, script};
use reissue_tests::redis::RedisServer;
use reissue_tests::resp::RespClient;

#[test]
fn half_a_reply_arrives_before_the_connection_is_closed() {
    let (server, proxy, mut client) = start();
    server.cli(&["SET", "key", "0123456789"]);
    proxy.truncate_next_reply(named("get"));
    assert_eq!(client.call(&["PING"]).unwrap().text(), "PONG");
    let error = client.call(&["GET", "key"]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(client.incomplete(), b"$10\r\n012");
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    assert_eq!(newer.call(&["GET", "key"]).unwrap().text(), "0123456789");
    assert_eq!(proxy.faults(), 1);
}

#[test]
fn a_duplicated_command_has_two_effects_and_one_reply() {
    let (server, proxy, mut client) = start();
    proxy.duplicate_next(named("INCR"));
    client.send(&["INCR", "count"]).unwrap();
    client.send(&["ECHO", "next"]).unwrap();
    assert_eq!(client.receive().unwrap().text(), "1");
    assert_eq!(client.receive().unwrap().text(), "next");
    assert_eq!(server.cli(&["GET", "count"]), "2");
    proxy.duplicate_every(2, named("INCR"));
    for reply in ["3", "4", "6", "7", "9"] {
        assert_eq!(client.call(&["INCR", "count"]).unwrap().text(), reply);
    }
}

#[test]
fn every_nth_reply_is_dropped_with_its_connection() {
    let (server, proxy, mut client) = start();
    proxy.drop_reply_of(3, Afterwards::Close, named("INCR"));
    let mut lost = 0;
    for _ in 0..9 {
        if let Err(error) = client.call(&["INCR", "count"]) {
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
            lost += 1;
            client = RespClient::connect(proxy.port()).unwrap();
        }
    }
    assert_eq!(lost, 3);
    assert_eq!(proxy.faults(), 3);
    assert_eq!(server.cli(&["GET", "count"]), "9");
}

#[test]
fn a_connection_stays_silent_after_a_dropped_reply() {
    let (server, proxy, mut client) = start();
    proxy.drop_reply_of(1, Afterwards::Silence, named("INCR"));
    client.set_timeout(Duration::from_millis(100)).unwrap();
    assert!(client.call(&["INCR", "count"]).is_err());
    assert_eq!(server.cli(&["GET", "count"]), "1");
    proxy.heal();
    assert!(client.call(&["PING"]).is_err());
    assert_eq!(proxy.open_connections(), 1);
    let mut newer = RespClient::connect(proxy.port()).unwrap();
    assert_eq!(newer.call(&["INCR", "count"]).unwrap().text(), "2");
}

#[test]
fn swapped_replies_belong_to_each_other() {
    let (_server, proxy, mut client) = start();
    proxy.swap_next_replies(any);
    for word in ["one", "two", "three"] {
        client.send(&["ECHO", word]).unwrap();
    }
    for word in ["two", "one", "three"] {
        assert_eq!(client.receive().unwrap().text(), word);
    }
}

#[test]
fn a_repeated_reply_makes_all_later_ones_late() {
    let (_server, proxy, mut client) = start();
    proxy.repeat_next_reply(any);
    for (word, heard) in [("one", "one"), ("two", "one"), ("three", "two")] {
        assert_eq!(client.call(&["ECHO", word]).unwrap().text(), heard);
    }
}

#[test]
fn scripts_are_picked_by_their_digest_and_arguments() {
    let (server, proxy, mut client) = start();
    let one = server.cli(&["SCRIPT", "LOAD", "return 1"]);
    let two = server.cli(&["SCRIPT", "LOAD", "return 2"]);
    proxy.repeat_next_reply(script(&two[..10]));
    for _ in 0..2 {
        assert_eq!(client.call(&["EVALSHA", &one, "0"]).unwrap().text(), "1");
    }
    client.call(&["EVALSHA", &two, "0"]).unwrap();
    assert_eq!(client.receive().unwrap().text(), "2");

    proxy.drop_reply_of(1, Afterwards::Close, |command| {
        command.name() == "EVALSHA" && command.args()[2..] == ["key"]
    });
    let evaluated = client.call(&["EVALSHA", &two, "1", "other"]);
    assert_eq!(evaluated.unwrap().text(), "2");
    assert!(client.call(&["EVALSHA", &two, "1", "key"]).is_err());
    assert_eq!(proxy.commands("evalsha"), 5);
}

#[test]
fn pushes_of_resp3_are_not_taken_for_replies() {
    let (server, proxy, mut client) = start();
    client.call(&["HELLO", "3"]).unwrap();
    client.call(&["CLIENT", "TRACKING", "ON"]).unwrap();
    client.call(&["GET", "key"]).unwrap();
    proxy.repeat_next_reply(named("PING"));
    server.cli(&["SET", "key", "value"]);
    let push = client.receive().unwrap();
    assert_eq!(push.text(), "invalidate\nkey");
    for _ in 0..2 {
        client.send(&["PING"]).unwrap();
    }
    for _ in 0..3 {
        assert_eq!(client.receive().unwrap().text(), "PONG");
    }
}

fn start() -> (RedisServer, Proxy, RespClient) {
    let server = RedisServer::start();
    let proxy = Proxy::start(server.port());
    let client = RespClient::connect(proxy.port()).expect("the proxy listens");
    (server, proxy, client)
}
