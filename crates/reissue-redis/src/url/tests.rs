use proptest::prelude::*;

use super::*;

fn node(host: &str, port: u16) -> Node {
    Node {
        host: host.to_owned(),
        port,
    }
}

#[test]
fn one_server() {
    let url = Url::parse("redis://db.example").expect("a good URL");
    assert_eq!(url.topology, Topology::Single(node("db.example", 6_379)));
    assert_eq!(url.database, 0);
    assert!(!url.tls);

    let url = Url::parse("rediss://us%65r:p%40ss%3Aword@[::1]:6380/3").expect("a good URL");
    assert_eq!(url.topology, Topology::Single(node("::1", 6_380)));
    assert_eq!(url.database, 3);
    assert!(url.tls);
    assert_eq!(url.username.as_deref(), Some("user"));
    assert_eq!(url.password.as_deref(), Some("p@ss:word"));

    let url = Url::parse("redis://:secret@db/").expect("a good URL");
    assert_eq!(
        (url.username, url.password.as_deref()),
        (None, Some("secret"))
    );
}

#[test]
fn sentinels() {
    let url = Url::parse("redis-sentinel://a:1,b,[::2]:3/main").expect("a good URL");
    let expected = Topology::Sentinel {
        sentinels: vec![node("a", 1), node("b", 26_379), node("::2", 3)],
        master: "main".to_owned(),
    };
    assert_eq!(url.topology, expected);
    assert_eq!(url.database, 0);
    let url = Url::parse("rediss-sentinel://a/main/7").expect("a good URL");
    assert!(url.tls);
    assert_eq!(url.database, 7);
}

#[test]
fn a_cluster() {
    let url = Url::parse("redis-cluster://a:1,b:2").expect("a good URL");
    assert_eq!(
        url.topology,
        Topology::Cluster(vec![node("a", 1), node("b", 2)])
    );
}

#[test]
fn an_unusable_url_is_refused_and_not_repeated() {
    for url in [
        "",
        "db.example:6379",
        "http://db.example",
        "redis://",
        "redis://a,b",
        "redis://a:b",
        "redis://a:65536",
        "redis://::1",
        "redis://[::1",
        "redis://[::1]6379",
        "redis://a/b",
        "redis://a/-1",
        "redis://a/+1",
        "redis://a?db=1",
        "redis://u:sesame%@a",
        "redis://u:sesame%ff@a",
        "redis-sentinel://a:1",
        "redis-sentinel://a:1/",
        "redis-sentinel://a,/main",
        "redis-cluster://a:1/1",
        "redis-cluster://a b",
    ] {
        let error = Url::parse(url)
            .err()
            .unwrap_or_else(|| panic!("{url:?} was taken"));
        assert!(!format!("{error} {error:?}").contains("sesame"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn parsing_never_panics(rest in "[a-z@:/,%\\[\\]0-9é]{0,30}") {
        let _ = Url::parse(&format!("redis-sentinel://{rest}"));
        let _ = Url::parse(&format!("redis://{rest}"));
    }
}
