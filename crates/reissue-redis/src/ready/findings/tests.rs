use super::*;

fn good() -> Inspection {
    let info = "# Server\r\nredis_version:7.0.15\r\n# Memory\r\nmaxmemory_policy:noeviction\r\n\
        # Persistence\r\naof_enabled:1\r\n# Replication\r\nconnected_slaves:1\r\n";
    Inspection {
        info: Some(info.to_owned()),
        save: Some(String::new()),
        ahead: Some(-1_999),
        ..Inspection::default()
    }
}

fn with(line: &str, instead: &str) -> Inspection {
    let info = good().info.unwrap_or_default();
    assert!(info.contains(line));
    Inspection {
        info: Some(info.replace(line, instead)),
        ..good()
    }
}

fn codes(inspection: &Inspection) -> Vec<&'static str> {
    let settings = Settings {
        durability: Some(Durability {
            replicas: 1,
            timeout: Duration::from_secs(1),
        }),
        ..Settings::default()
    };
    let found = findings(inspection, &settings);
    found.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_good_server_has_no_findings() {
    assert!(codes(&good()).is_empty());
    let valkey = with(
        "redis_version:7.0.15",
        "redis_version:7.2.4\r\nvalkey_version:9.0.0",
    );
    assert!(codes(&valkey).is_empty());
}

#[test]
fn each_fault_is_a_finding_of_its_own() {
    let evicting = with("noeviction", "allkeys-lru");
    assert_eq!(codes(&evicting), ["eviction-policy"]);
    let old = with("7.0.15", "6.2.14");
    assert_eq!(codes(&old), ["server-too-old"]);
    let alone = with("connected_slaves:1", "connected_slaves:0");
    assert_eq!(codes(&alone), ["too-few-replicas"]);
    let volatile = with("aof_enabled:1", "aof_enabled:0");
    assert_eq!(codes(&volatile), ["no-persistence"]);
    let silent = Inspection {
        save: None,
        ..volatile.clone()
    };
    assert_eq!(codes(&silent), ["persistence-unknown"]);
    let saving = Inspection {
        save: Some("3600 1".to_owned()),
        ..volatile
    };
    assert!(codes(&saving).is_empty());
    for ahead in [2_001, -2_001] {
        let skewed = Inspection {
            ahead: Some(ahead),
            ..good()
        };
        assert_eq!(codes(&skewed), ["clock-skew"]);
    }
    let denied = Inspection {
        denied: vec!["HSET".to_owned()],
        ..good()
    };
    assert_eq!(codes(&denied), ["missing-rights"]);
}

#[test]
fn a_finding_names_the_node_of_a_cluster() {
    let evicting = Inspection {
        node: "10.0.0.1:6379".to_owned(),
        ..with("noeviction", "allkeys-lru")
    };
    let found = findings(&evicting, &Settings::default());
    assert!(found[0].detail.starts_with("10.0.0.1:6379: "), "{found:?}");
}
