-- What `PostgresStore::migrate` does on an empty database, for those who apply it themselves:
-- psql --set ON_ERROR_STOP=1 --file schema.sql
begin;

create table reissue_migration (
  number integer primary key,
  applied_at timestamptz not null default now()
);

-- Sessions, single-use ids, and the functions that are the writing operations of the store.
--
-- Times are milliseconds since 1970, durations are milliseconds: what the store is compared in.
-- Nothing that changes has an index, so that an update stays on its page (HOT).

create table reissue_session (
  generation bigint not null default 0,
  created_at bigint not null,
  rotated_at bigint not null,
  -- How long the session lives after its last rotation; null for ever.
  idle bigint,
  -- When it ends however often it is refreshed; null for never.
  expires_at bigint,
  conflicts integer not null default 0,
  shared_generations smallint not null default 0,
  -- How many generations the last rotation led ahead, less one.
  skipped smallint not null default 0,
  subject bytea not null,
  sid bytea not null,
  -- Names the last rotation; empty at generation 0.
  attempt bytea not null default '',
  -- Empty for a session whose details were never replaced.
  revision bytea not null default '',
  -- Rotations before the last, newest first, in 9 bytes each: when it was (8), and `skipped` (1).
  earlier_rotations bytea not null default '',
  details bytea not null,
  primary key (subject, sid)
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);

-- Locks of subjects. Whoever inserts a subject waits for whoever has, and deletes it again before
-- the end of the transaction: the table is empty to everybody else.
create table reissue_subject (
  subject bytea primary key
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

create table reissue_one_time_id (
  id bytea primary key,
  expires_at bigint not null,
  -- Names the request that has consumed it, so that one that is sent again is recognised.
  attempt bytea not null
) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01);

-- The moment of the call, not of the transaction: a statement may have waited for a lock. Half a
-- microsecond is added, so that what is rounded in between does not count a millisecond too few.
create function reissue_now() returns bigint
language sql volatile as $$
  select floor(date_part('epoch', clock_timestamp()) * 1000 + 0.0005)::bigint
$$;

-- Returns the first of these rotations, as many as are remembered: at most seven, each younger than
-- `in_history`. One that lies in the future is not remembered, unless by as little as the clocks of
-- two servers differ. What lies behind one that is forgotten is forgotten with it.
create function reissue_remembered(in_rotations bytea, in_now bigint, in_history bigint)
returns bytea
language plpgsql immutable as $$
declare
  kept integer := 0;
begin
  while kept < 7 and 9 * kept < length(in_rotations)
    and substr(in_rotations, 9 * kept + 1, 8) <= int8send(in_now + 2000)
    and substr(in_rotations, 9 * kept + 1, 8) > int8send(greatest(in_now - in_history, 0))
  loop
    kept := kept + 1;
  end loop;
  return substr(in_rotations, 1, 9 * kept);
end
$$;

create function reissue_advance(
  in_subject bytea, in_sid bytea, in_from bigint, in_to bigint, in_revision bytea,
  in_attempt bytea, in_history bigint, in_idle bigint, in_relaxed boolean,
  -- Whether the session has advanced; null if there is none, and then everything is null.
  out done boolean,
  -- The record, unless the session has advanced.
  out generation bigint, out created_at bigint, out rotated_at bigint, out idle bigint,
  out expires_at bigint, out conflicts integer, out shared_generations smallint,
  out skipped smallint, out revision bytea, out earlier_rotations bytea, out details bytea,
  out now bigint
)
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  session reissue_session;
  -- Who waits for the lock of a row judges by the time before. So the last minute of a session,
  -- which is longer than anybody waits, is for those who have the lock already.
  margin bigint := 60000;
begin
  now := reissue_now();
  loop
    update reissue_session s set
      generation = in_to,
      rotated_at = now,
      idle = in_idle,
      conflicts = 0,
      shared_generations = case s.conflicts when 0 then 0 else least(s.shared_generations + 1, 255) end,
      skipped = least(in_to - in_from - 1, 255),
      attempt = in_attempt,
      earlier_rotations = case
        when s.generation > 0 and in_history > 0 and s.rotated_at > now - in_history then
          reissue_remembered(
            int8send(s.rotated_at) || set_byte('\x00', 0, s.skipped) || s.earlier_rotations,
            now, in_history
          )
        else ''
      end
      where s.subject = in_subject and s.sid = in_sid
        and s.generation = in_from and s.revision = in_revision and s.attempt <> in_attempt
        and (s.expires_at is null or s.expires_at > now + margin)
        and (s.idle is null or s.rotated_at + s.idle > now + margin);
    if found then
      if in_relaxed then
        perform set_config('synchronous_commit', 'off', true);
      elsif current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'on', true);
      end if;
      done := true;
      return;
    end if;

    select * into session from reissue_session s
      where s.subject = in_subject and s.sid = in_sid for no key update;
    now := reissue_now();
    if session.sid is null
      or session.expires_at <= now or session.rotated_at + session.idle <= now then
      return;
    end if;
    if session.attempt = in_attempt then
      done := true;
      return;
    end if;
    exit when session.generation <> in_from or session.revision <> in_revision or margin = 0;
    margin := 0;
  end loop;

  if session.generation > in_from then
    session.conflicts := session.conflicts + (session.conflicts < 2147483647)::integer;
    update reissue_session s set conflicts = session.conflicts
      where s.subject = in_subject and s.sid = in_sid;
    -- A count that is lost costs nothing.
    perform set_config('synchronous_commit', 'off', true);
  end if;
  done := false;
  generation := session.generation;
  created_at := session.created_at;
  rotated_at := session.rotated_at;
  idle := session.idle;
  expires_at := session.expires_at;
  conflicts := session.conflicts;
  shared_generations := session.shared_generations;
  skipped := session.skipped;
  revision := session.revision;
  earlier_rotations := session.earlier_rotations;
  details := session.details;
end
$$;

create function reissue_create(
  in_subject bytea, in_sid bytea, in_idle bigint, in_expires_at bigint, in_details bytea,
  in_limit bigint, in_evict boolean
) returns bytea[]
-- The sids that were evicted; null if the subject is at its limit.
language plpgsql set search_path from current as $$
declare
  live bigint;
  evicted bytea[] := '{}';
  now bigint;
begin
  perform reissue_lock(in_subject);
  now := reissue_now();
  perform from reissue_session s
    where s.subject = in_subject and s.sid = in_sid
      and (s.expires_at is null or now < s.expires_at)
      and (s.idle is null or now < s.rotated_at + s.idle);
  if found then
    perform reissue_unlock(in_subject);
    return evicted;
  end if;

  if in_limit is not null then
    select count(*) into live from reissue_session s
      where s.subject = in_subject
        and (s.expires_at is null or now < s.expires_at)
        and (s.idle is null or now < s.rotated_at + s.idle);
    if live >= in_limit then
      if not in_evict then
        perform reissue_unlock(in_subject);
        return null;
      end if;
      -- Nothing moves any more while the oldest are chosen.
      perform from reissue_session s
        where s.subject = in_subject order by s.sid for no key update;
      now := reissue_now();
      select count(*) into live from reissue_session s
        where s.subject = in_subject
          and (s.expires_at is null or now < s.expires_at)
          and (s.idle is null or now < s.rotated_at + s.idle);
      with oldest as (
        select s.sid, s.rotated_at from reissue_session s
          where s.subject = in_subject
            and (s.expires_at is null or now < s.expires_at)
            and (s.idle is null or now < s.rotated_at + s.idle)
          order by s.rotated_at, s.sid
          limit greatest(live - in_limit + 1, 0)
      ), gone as (
        delete from reissue_session s using oldest o
          where s.subject = in_subject and s.sid = o.sid
      )
      select coalesce(array_agg(o.sid order by o.rotated_at, o.sid), '{}') into evicted
        from oldest o;
    end if;
  end if;

  -- Expired: one of the same sid, and a few that are next to it.
  delete from reissue_session s
    where s.subject = in_subject and s.sid = in_sid
      and (s.expires_at <= now or s.rotated_at + s.idle <= now);
  delete from reissue_session s where s.ctid = any (array(
    select n.ctid from (
      select t.sid from reissue_session t
        where t.subject = in_subject and t.sid > in_sid order by t.sid limit 8
    ) near
    join reissue_session n on n.subject = in_subject and n.sid = near.sid
      where n.expires_at <= now or n.rotated_at + n.idle <= now
      for update of n skip locked
  ));

  insert into reissue_session (subject, sid, created_at, rotated_at, idle, expires_at, details)
    values (in_subject, in_sid, now, now, in_idle, in_expires_at, in_details);
  perform reissue_unlock(in_subject);
  perform reissue_commit_durably();
  return evicted;
end
$$;

create function reissue_replace(
  in_subject bytea, in_sid bytea, in_revision bytea, in_next bytea, in_details bytea,
  -- Whether the session has the details; null if there is none, and then everything is null.
  out done boolean,
  -- The record, unless the session has the details.
  out generation bigint, out created_at bigint, out rotated_at bigint, out idle bigint,
  out expires_at bigint, out conflicts integer, out shared_generations smallint,
  out skipped smallint, out revision bytea, out earlier_rotations bytea, out details bytea,
  out now bigint
)
language plpgsql set search_path from current as $$
#variable_conflict use_column
declare
  session reissue_session;
begin
  select * into session from reissue_session s
    where s.subject = in_subject and s.sid = in_sid for no key update;
  now := reissue_now();
  if session.sid is null
    or session.expires_at <= now or session.rotated_at + session.idle <= now then
    return;
  end if;
  done := session.revision = in_revision or session.revision = in_next;
  if session.revision = in_revision then
    update reissue_session s set revision = in_next, details = in_details
      where s.subject = in_subject and s.sid = in_sid;
    perform reissue_commit_durably();
    return;
  end if;
  if done then
    return;
  end if;
  generation := session.generation;
  created_at := session.created_at;
  rotated_at := session.rotated_at;
  idle := session.idle;
  expires_at := session.expires_at;
  conflicts := session.conflicts;
  shared_generations := session.shared_generations;
  skipped := session.skipped;
  revision := session.revision;
  earlier_rotations := session.earlier_rotations;
  details := session.details;
end
$$;

create function reissue_revoke(
  in_subject bytea, in_which text, in_sid bytea, in_replicated boolean
) returns bigint
language plpgsql set search_path from current as $$
declare
  revoked bigint;
  now bigint;
begin
  if in_which <> 'one' then
    -- No login may come between one session and the next.
    perform reissue_lock(in_subject);
  end if;
  with gone as (
    delete from reissue_session s
      where s.subject = in_subject and case in_which
        when 'one' then s.sid = in_sid when 'all-but' then s.sid <> in_sid else true end
      returning s.expires_at, s.rotated_at + s.idle as idle_until
  )
  select count(*) into revoked from gone
    where (expires_at is null or reissue_now() < expires_at)
      and (idle_until is null or reissue_now() < idle_until);
  if in_which <> 'one' then
    perform reissue_unlock(in_subject);
  end if;
  perform reissue_commit_revocation(in_replicated);
  return revoked;
end
$$;

create function reissue_consume(
  in_id bytea, in_lifetime bigint, in_attempt bytea, in_revocation boolean, in_replicated boolean
) returns boolean
language plpgsql set search_path from current as $$
declare
  first boolean;
begin
  insert into reissue_one_time_id as i (id, expires_at, attempt)
    values (in_id, reissue_now() + in_lifetime, in_attempt)
    on conflict (id) do update
      set expires_at = excluded.expires_at, attempt = excluded.attempt
      where i.expires_at <= reissue_now() or i.attempt = excluded.attempt;
  first := found;
  if in_revocation then
    perform reissue_commit_revocation(in_replicated);
  else
    perform reissue_commit_durably();
  end if;
  return first;
end
$$;

-- Removes what has expired of the next `in_count` sessions and ids, and returns where to go on;
-- nulls at the end.
create function reissue_sweep(
  in_subject bytea, in_sid bytea, in_id bytea, in_count bigint,
  out next_subject bytea, out next_sid bytea, out next_id bytea
)
language plpgsql set search_path from current as $$
declare
  now bigint := reissue_now();
begin
  perform set_config('synchronous_commit', 'off', true);
  select c.subject, c.sid into next_subject, next_sid from (
    select s.subject, s.sid from reissue_session s
      where (s.subject, s.sid) > (in_subject, in_sid)
      order by s.subject, s.sid limit in_count
  ) c order by c.subject desc, c.sid desc limit 1;
  delete from reissue_session t where t.ctid = any (array(
    select s.ctid from reissue_session s
      where (s.subject, s.sid) > (in_subject, in_sid) and (s.subject, s.sid) <= (next_subject, next_sid)
        and (s.expires_at <= now or s.rotated_at + s.idle <= now)
      for update skip locked
  ));
  select c.id into next_id from (
    select i.id from reissue_one_time_id i where i.id > in_id order by i.id limit in_count
  ) c order by c.id desc limit 1;
  delete from reissue_one_time_id t where t.ctid = any (array(
    select i.ctid from reissue_one_time_id i
      where i.id > in_id and i.id <= next_id and i.expires_at <= now
      for update skip locked
  ));
end
$$;

-- Lets only one transaction at a time go on for a subject, until `reissue_unlock`.
create function reissue_lock(in_subject bytea) returns void
language plpgsql set search_path from current as $$
begin
  -- Other levels would not see what was committed while this waits. The store tries again.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'read committed is needed' using errcode = 'serialization_failure';
  end if;
  insert into reissue_subject values (in_subject);
end
$$;

create function reissue_unlock(in_subject bytea) returns void
language sql volatile set search_path from current as $$
  delete from reissue_subject where subject = in_subject
$$;

-- What cannot be healed is not lost, whatever the server does by default.
create function reissue_commit_durably() returns void
language plpgsql as $$
begin
  if current_setting('synchronous_commit') = 'off' then
    perform set_config('synchronous_commit', 'on', true);
  end if;
end
$$;

-- A standby is waited for only if there is something to send to it. So something is written, also
-- when nothing was revoked: an earlier attempt may have revoked it and not have reached one.
create function reissue_commit_revocation(in_replicated boolean) returns void
language plpgsql as $$
begin
  if not in_replicated then
    if current_setting('synchronous_commit') = 'off' then
      perform set_config('synchronous_commit', 'on', true);
    end if;
    return;
  end if;
  if current_setting('synchronous_standby_names') = '' then
    raise exception 'synchronous_standby_names is empty' using errcode = 'RS001';
  end if;
  perform set_config('synchronous_commit', 'remote_apply', true);
  perform pg_logical_emit_message(true, 'reissue', 'revocation');
end
$$;

insert into reissue_migration (number) values (1);

commit;
