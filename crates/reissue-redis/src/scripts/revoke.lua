#!lua flags=allow-oom
-- Removes families, including those that it cannot read. It runs when memory is short, too.
-- ARGV: tag, 'all' or 'all-but' or 'one', '1' if something must be written whatever is stored

local which, must_write = ARGV[2], ARGV[3] == '1'

local stored = which ~= 'all' and redis.call('HGET', key, sid)
local record = stored and unpack_record(stored)
local is_live = stored and not (record and deadline(record) <= now)
local families = redis.call('HLEN', key)
local removed = families

if which == 'one' then
  redis.call('HDEL', key, sid)
  removed = is_live and 1 or 0
  if stored and families > 1 and redis.call('PEXPIRETIME', key) < 0 then
    local latest = latest_deadline(families - 1)
    if latest ~= NEVER then
      redis.call('PEXPIREAT', key, latest)
    end
  end
elseif which == 'all-but' and is_live then
  local kept_until = record and select(2, deadline(record)) or redis.call('PEXPIRETIME', key)
  redis.call('UNLINK', key)
  redis.call('HSET', key, sid, stored)
  if kept_until > 0 and kept_until ~= NEVER then
    redis.call('PEXPIREAT', key, kept_until)
  end
  removed = families - 1
else
  redis.call('UNLINK', key)
end

-- A revocation that finds nothing may be the repetition of one that did not reach the replicas.
-- `WAIT` waits only for what its connection has written, so this one writes too.
if must_write and (families == 0 or which == 'one' and not stored) then
  redis.call('HSET', key, '', '')
  redis.call('HDEL', key, '')
end
return respond('done', removed)
