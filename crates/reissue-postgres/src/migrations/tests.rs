use super::{TABLE, newest, script_after};

#[test]
fn the_schema_for_database_administrators_is_what_the_migrations_make() {
    let expected = format!("{HEAD}\n{TABLE}\n{}\ncommit;\n", script_after(0));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql");
    if std::env::var_os("REISSUE_WRITE_SCHEMA").is_some() {
        std::fs::write(path, &expected).expect("the crate's directory is writable");
    }
    let actual = std::fs::read_to_string(path).expect("the crate has a schema.sql");
    assert_eq!(actual, expected, "write it with REISSUE_WRITE_SCHEMA=1");
}

#[test]
fn only_the_steps_that_are_missing_are_taken() {
    assert_eq!(script_after(newest()), "");
    assert!(script_after(0).contains("values (1)"));
}

const HEAD: &str = "\
-- What `PostgresStore::migrate` does on an empty database, for those who apply it themselves:
-- psql --set ON_ERROR_STOP=1 --file schema.sql
begin;
";
