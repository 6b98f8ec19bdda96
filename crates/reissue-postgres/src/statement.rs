//! The statements of the store, each of which is one operation.

use tokio_postgres::types::Type;

/// A statement with the types of its parameters.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Where a connection keeps it, once it is prepared.
    pub(crate) index: usize,
    pub(crate) text: String,
    pub(crate) types: &'static [Type],
}

/// All of them, for one schema.
#[derive(Debug)]
pub(crate) struct Statements {
    pub(crate) advance: Statement,
    pub(crate) consume: Statement,
    pub(crate) create: Statement,
    pub(crate) inspect: Statement,
    pub(crate) is_consumed: Statement,
    pub(crate) load: Statement,
    pub(crate) migration: Statement,
    pub(crate) replace: Statement,
    pub(crate) revoke: Statement,
    pub(crate) sessions: Statement,
    pub(crate) sweep: Statement,
}

impl Statements {
    /// Returns the statements on tables in that schema; where the server looks by itself, without.
    pub(crate) fn new(schema: Option<&str>) -> Self {
        let schema = schema.map(|schema| format!("{}.", quoted(schema)));
        let schema = schema.as_deref().unwrap_or_default();
        let mut index = 0;
        let mut statement = |text: &str, types| {
            index += 1;
            Statement {
                index: index - 1,
                text: text
                    .replace("SCHEMA.", schema)
                    .replace("RECORD", RECORD)
                    .replace("NOW", NOW),
                types,
            }
        };
        Self {
            advance: statement(
                "select done, RECORD, now \
                from SCHEMA.reissue_advance($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::INT8,
                    Type::INT8,
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::INT8,
                    Type::INT8,
                    Type::BOOL,
                ],
            ),
            consume: statement(
                "select SCHEMA.reissue_consume($1, $2, $3, $4, $5)",
                &[Type::BYTEA, Type::INT8, Type::BYTEA, Type::BOOL, Type::BOOL],
            ),
            create: statement(
                "select SCHEMA.reissue_create($1, $2, $3, $4, $5, $6, $7)",
                &[
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::INT8,
                    Type::INT8,
                    Type::BYTEA,
                    Type::INT8,
                    Type::BOOL,
                ],
            ),
            inspect: statement(
                "select NOW, current_setting('fsync'), current_setting('synchronous_commit'), \
                current_setting('synchronous_standby_names'), (select count(*) \
                from pg_stat_replication \
                where sync_state is null or sync_state in ('sync', 'quorum'))",
                &[],
            ),
            is_consumed: statement(
                "select NOW < expires_at from SCHEMA.reissue_one_time_id where id = $1",
                &[Type::BYTEA],
            ),
            load: statement(
                "select RECORD, NOW from SCHEMA.reissue_session where subject = $1 and sid = $2",
                &[Type::BYTEA, Type::BYTEA],
            ),
            migration: statement("select max(number) from SCHEMA.reissue_migration", &[]),
            replace: statement(
                "select done, RECORD, now from SCHEMA.reissue_replace($1, $2, $3, $4, $5)",
                &[
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::BYTEA,
                    Type::BYTEA,
                ],
            ),
            revoke: statement(
                "select SCHEMA.reissue_revoke($1, $2, $3, $4)",
                &[Type::BYTEA, Type::TEXT, Type::BYTEA, Type::BOOL],
            ),
            sessions: statement(
                "select sid, RECORD, NOW from SCHEMA.reissue_session \
                where subject = $1 and sid > $2 and (expires_at is null or NOW < expires_at) \
                and (idle is null or NOW < rotated_at + idle) order by sid limit $3",
                &[Type::BYTEA, Type::BYTEA, Type::INT8],
            ),
            sweep: statement(
                "select next_subject, next_sid, next_id from SCHEMA.reissue_sweep($1, $2, $3, $4)",
                &[Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::INT8],
            ),
        }
    }

    /// How many there are.
    pub(crate) const COUNT: usize = 11;
}

/// Returns a name as an identifier of SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns that `record` decodes.
const RECORD: &str = "generation, created_at, rotated_at, idle, expires_at, conflicts, \
    shared_generations, skipped, revision, earlier_rotations, details";

/// The server's clock in milliseconds, as the function `reissue_now` reads it.
const NOW: &str = "floor(date_part('epoch', clock_timestamp()) * 1000 + 0.0005)::bigint";
