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
    pub(crate) export_one_time_ids: Statement,
    pub(crate) export_sessions: Statement,
    pub(crate) import_one_time_ids: Statement,
    pub(crate) import_sessions: Statement,
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
            // Expired rows are returned as well, so that a page never takes long.
            export_one_time_ids: statement(
                "select id, expires_at, NOW from SCHEMA.reissue_one_time_id \
                where id > $1 order by id limit $2",
                &[Type::BYTEA, Type::INT8],
            ),
            export_sessions: statement(
                "select RECORD, NOW, subject, sid, attempt from SCHEMA.reissue_session \
                where (subject, sid) > ($1, $2) order by subject, sid limit $3",
                &[Type::BYTEA, Type::BYTEA, Type::INT8],
            ),
            import_one_time_ids: statement(
                IMPORT_ONE_TIME_IDS,
                &[Type::BYTEA_ARRAY, Type::INT8_ARRAY],
            ),
            import_sessions: statement(
                IMPORT_SESSIONS,
                &[
                    Type::BYTEA_ARRAY,
                    Type::BYTEA_ARRAY,
                    Type::BYTEA_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::INT8_ARRAY,
                    Type::BYTEA_ARRAY,
                    Type::BYTEA_ARRAY,
                    Type::BYTEA_ARRAY,
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
    pub(crate) const COUNT: usize = 15;
}

/// Returns a name as an identifier of SQL.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes sessions that have not expired, where they differ, in the order of their keys: two that
/// write the same do not wait for each other in a circle. What is written has no `xmax` if it is
/// new.
const IMPORT_SESSIONS: &str = "\
    with given as ( \
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
        as g (subject, sid, attempt, generation, created_at, rotated_at, idle, expires_at, \
            conflicts, shared_generations, skipped, revision, earlier_rotations, details) \
        where (expires_at is null or NOW < expires_at) \
            and (idle is null or NOW < rotated_at + idle) \
    ), written as ( \
        insert into SCHEMA.reissue_session as s (subject, sid, attempt, RECORD) \
        select subject, sid, attempt, RECORD from given order by subject, sid \
        on conflict (subject, sid) do update set \
            generation = excluded.generation, created_at = excluded.created_at, \
            rotated_at = excluded.rotated_at, idle = excluded.idle, \
            expires_at = excluded.expires_at, conflicts = excluded.conflicts, \
            shared_generations = excluded.shared_generations, skipped = excluded.skipped, \
            attempt = excluded.attempt, revision = excluded.revision, \
            earlier_rotations = excluded.earlier_rotations, details = excluded.details \
        where (s.generation, s.created_at, s.rotated_at, s.idle, s.expires_at, s.conflicts, \
            s.shared_generations, s.skipped, s.attempt, s.revision, s.earlier_rotations, \
            s.details) is distinct from (excluded.generation, excluded.created_at, \
            excluded.rotated_at, excluded.idle, excluded.expires_at, excluded.conflicts, \
            excluded.shared_generations, excluded.skipped, excluded.attempt, excluded.revision, \
            excluded.earlier_rotations, excluded.details) \
        returning xmax = 0 as is_new \
    ) \
    select count(*), (select count(*) from given), count(*) filter (where is_new), \
        SCHEMA.reissue_commit_durably() from written";

const IMPORT_ONE_TIME_IDS: &str = "\
    with given as ( \
        select * from unnest($1, $2) as g (id, expires_at) where NOW < expires_at \
    ), written as ( \
        insert into SCHEMA.reissue_one_time_id as i (id, expires_at, attempt) \
        select id, expires_at, ''::bytea from given order by id \
        on conflict (id) do update \
            set expires_at = excluded.expires_at, attempt = excluded.attempt \
            where i.expires_at <> excluded.expires_at \
        returning xmax = 0 as is_new \
    ) \
    select count(*), (select count(*) from given), count(*) filter (where is_new), \
        SCHEMA.reissue_commit_durably() from written";

/// The columns that `record` decodes.
const RECORD: &str = "generation, created_at, rotated_at, idle, expires_at, conflicts, \
    shared_generations, skipped, revision, earlier_rotations, details";

/// The server's clock in milliseconds, as the function `reissue_now` reads it.
const NOW: &str = "floor(date_part('epoch', clock_timestamp()) * 1000 + 0.0005)::bigint";
