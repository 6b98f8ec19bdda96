use super::*;

fn good() -> Inspection {
    Inspection {
        ahead: -1_999,
        fsync: "on".to_owned(),
        synchronous_commit: "on".to_owned(),
        synchronous_standby_names: "*".to_owned(),
        synchronous_standbys: 1,
        migration: migrations::newest(),
        is_read_only: false,
    }
}

fn codes(inspection: &Inspection) -> Vec<&'static str> {
    let settings = Settings {
        replication_timeout: Some(Duration::from_secs(1)),
        ..Settings::default()
    };
    let found = findings(inspection, &settings);
    found.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_good_server_has_no_findings() {
    assert!(codes(&good()).is_empty());
}

#[test]
fn each_fault_is_a_finding_of_its_own() {
    for ahead in [2_001, -2_001] {
        let skewed = Inspection { ahead, ..good() };
        assert_eq!(codes(&skewed), ["clock-skew"]);
    }
    let volatile = Inspection {
        fsync: "off".to_owned(),
        ..good()
    };
    assert_eq!(codes(&volatile), ["not-durable"]);
    let relaxed = Inspection {
        synchronous_commit: "off".to_owned(),
        ..good()
    };
    assert_eq!(codes(&relaxed), ["not-durable"]);
    let standby = Inspection {
        is_read_only: true,
        ..good()
    };
    assert_eq!(codes(&standby), ["read-only"]);
    let alone = Inspection {
        synchronous_standbys: 0,
        ..good()
    };
    assert_eq!(codes(&alone), ["replica-missing"]);
    let unconfigured = Inspection {
        synchronous_standby_names: String::new(),
        ..good()
    };
    assert_eq!(codes(&unconfigured), ["replica-missing"]);
    assert!(findings(&unconfigured, &Settings::default()).is_empty());
    let old = Inspection {
        migration: migrations::newest() - 1,
        ..good()
    };
    assert_eq!(codes(&old), ["schema-behind"]);
}
