use reissue_tests::redis::{RedisServer, Sentinels};

#[test]
fn sentinels_promote_by_command_and_after_a_kill() {
    let servers = [RedisServer::start(), RedisServer::start()];
    servers[1].replica_of(&servers[0]);
    servers[1].wait_in_sync(&servers[0]);
    let sentinels = Sentinels::start(&servers[0], 1);
    assert_eq!(sentinels.master_port(), servers[0].port());
    assert_eq!(sentinels.ports().len(), 3);

    let port = sentinels.failover();
    assert_eq!(port, servers[1].port());
    servers[1].cli(&["SET", "key", "value"]);

    servers[0].wait_in_sync(&servers[1]);
    servers[1].kill();
    let port = sentinels.wait_for_another_master(port);
    assert_eq!(port, servers[0].port());
    assert_eq!(servers[0].cli(&["GET", "key"]), "value");
}
