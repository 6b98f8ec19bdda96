//! The tables and functions of the store, in numbered steps.
//!
//! A step only adds: the release before works on with it.

mod run;
#[cfg(test)]
mod tests;

pub(crate) use self::run::migrate;

/// The steps, from the first.
pub(crate) const MIGRATIONS: &[&str] = &[include_str!("0001_sessions.sql")];

/// What is there before the first step.
const TABLE: &str = include_str!("0000_migrations.sql");

/// The number of the newest step.
pub(crate) fn newest() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Returns the steps after the one with this number, and the notes that they were taken.
fn script_after(number: i32) -> String {
    let mut script = String::new();
    for (step, number) in MIGRATIONS.iter().zip(1..).filter(|(_, it)| *it > number) {
        script += step;
        script += &format!("\ninsert into reissue_migration (number) values ({number});\n");
    }
    script
}
