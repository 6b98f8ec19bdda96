use super::*;

fn parse(url: &str) -> Url {
    match Url::parse(url, None) {
        Ok(url) => url,
        Err(error) => panic!("{url}: {error}"),
    }
}

fn key(url: &str) -> String {
    match Url::parse(url, None) {
        Ok(_) => panic!("{url} was accepted"),
        Err(error) => error.key().to_owned(),
    }
}

#[test]
fn each_host_of_a_list_has_a_configuration_of_its_own() {
    let url = parse("postgres://app:s%3Fcret@one:6001,two/sessions");
    let ports: Vec<_> = url.hosts.iter().map(Config::get_ports).collect();
    assert_eq!(ports, [[6001], [5432]]);
    for host in &url.hosts {
        assert_eq!(host.get_hosts().len(), 1);
        assert_eq!(host.get_user(), Some("app"));
        assert_eq!(host.get_password(), Some(&b"s?cret"[..]));
        assert_eq!(host.get_dbname(), Some("sessions"));
        assert_eq!(host.get_application_name(), Some("reissue"));
    }
}

#[test]
fn of_several_servers_the_one_that_takes_writes_is_wanted() {
    assert!(!parse("postgres://one/db").must_be_writable);
    assert!(parse("postgres://one,two/db").must_be_writable);
    assert!(!parse("postgres://one,two/db?target_session_attrs=any").must_be_writable);
    for attrs in ["primary", "read-write"] {
        let url = format!("postgres://one/db?target_session_attrs={attrs}");
        assert!(parse(&url).must_be_writable);
    }
    for attrs in ["read-only", "standby", "prefer-standby"] {
        let url = format!("postgres://one/db?target_session_attrs={attrs}");
        assert_eq!(key(&url), "target_session_attrs");
    }
}

#[test]
fn certificates_are_verified_as_with_libpq() {
    for (query, tls, is_verified) in [
        ("", Wanted::IfOffered, false),
        ("?sslmode=disable", Wanted::Never, false),
        ("?sslmode=allow", Wanted::IfOffered, false),
        ("?sslmode=prefer", Wanted::IfOffered, false),
        ("?sslmode=require", Wanted::Always, false),
        (
            "?sslmode=require&sslrootcert=%2Fca.pem",
            Wanted::Always,
            true,
        ),
        ("?sslmode=verify-ca", Wanted::Always, true),
        (
            "?connect_timeout=2&sslmode=verify-full",
            Wanted::Always,
            true,
        ),
    ] {
        let url = parse(&format!("postgres://one/db{query}"));
        assert_eq!((url.tls, url.is_verified), (tls, is_verified), "{query}");
    }
    let url = parse("postgres://one/db?sslmode=require&sslrootcert=%2Fca.pem");
    assert_eq!(url.root_file.as_deref(), Some("/ca.pem"));
    assert_eq!(key("postgres://one/db?sslmode=verify"), "sslmode");
}

#[test]
fn options_of_libpq_are_taken() {
    let url = parse("postgresql://one/db?connect_timeout=3&application_name=id&options=-c%20a%3Db");
    assert_eq!(url.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(url.hosts[0].get_application_name(), Some("id"));
    assert_eq!(url.hosts[0].get_options(), Some("-c a=b"));
    let url = parse("postgres://app@%2Frun%2Fpostgresql/db");
    assert!(!is_tcp(&url.hosts[0]));
}

#[test]
fn a_password_beside_the_url_is_for_one_without() {
    for (url, expected) in [
        ("postgres://app@one/db", "beside"),
        ("postgres://app:within@one/db", "within"),
    ] {
        let Ok(url) = Url::parse(url, Some("beside")) else {
            panic!("{url} was denied");
        };
        assert_eq!(url.hosts[0].get_password(), Some(expected.as_bytes()));
    }
}

#[test]
fn what_is_no_url_is_denied() {
    for url in [
        "",
        "host=one",
        "redis://one",
        "postgres:///db",
        "postgres://one:port/db",
        "postgres://one/db?unknown=1",
    ] {
        assert_eq!(key(url), "url", "{url}");
    }
}
