use reissue_tests::redis::{Cluster, slot_of_key};

#[test]
fn keys_have_the_slots_of_the_specification() {
    assert_eq!(slot_of_key("123456789"), 0x31c3);
    assert_eq!(slot_of_key("{user}:a"), slot_of_key("user"));
    assert_ne!(slot_of_key("{}a"), slot_of_key("{}b"));
}

#[test]
fn a_cluster_moves_slots_and_loses_a_master() {
    let cluster = Cluster::start();
    let slot = slot_of_key("key");
    let said = cluster.nodes()[0].cli(&["CLUSTER", "KEYSLOT", "{}a"]);
    assert_eq!(said, slot_of_key("{}a").to_string());

    let from = cluster.master_of(slot);
    let to = (from + 1) % 3;
    cluster.node_of_key("key").cli(&["SET", "key", "value"]);
    let migration = cluster.migrate_slot(slot, to);
    assert_eq!(migration.source().cli(&["GET", "key"]), "value");
    assert_eq!(migration.move_keys(10), 1);
    let elsewhere = migration.source().try_cli(&["GET", "key"]);
    assert!(elsewhere.is_err_and(|error| error.starts_with("ASK ")));
    let elsewhere = migration.target().try_cli(&["GET", "key"]);
    assert!(elsewhere.is_err_and(|error| error.starts_with("MOVED ")));
    assert_eq!(migration.move_keys(10), 0);
    migration.finish();
    assert_eq!(cluster.nodes()[to].cli(&["GET", "key"]), "value");
    let elsewhere = cluster.nodes()[from].try_cli(&["GET", "key"]);
    assert!(elsewhere.is_err_and(|error| error.starts_with("MOVED ")));

    let mut rounds = 3;
    let migrated = cluster.reshard(&[slot], || {
        rounds -= 1;
        rounds >= 0
    });
    assert_eq!(migrated, 3);
    cluster.wait_until_whole();
    assert_eq!(cluster.master_of(slot), to);

    cluster.nodes()[to + 3].wait_in_sync(&cluster.nodes()[to]);
    assert_eq!(cluster.kill_master_of(slot), to);
    let promoted = cluster.wait_for_another_master(slot, to);
    assert_eq!(promoted, to + 3);
    assert_eq!(cluster.node_of_key("key").cli(&["GET", "key"]), "value");
    cluster.nodes()[to].restart();
    cluster.wait_until_whole();
}
