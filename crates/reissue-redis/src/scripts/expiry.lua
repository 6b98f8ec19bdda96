#!lua flags=allow-oom
-- Returns when a single-use id is free again. Not flagged `no-writes`, as in `load.lua`.
-- ARGV: tag

local expiry = redis.call('PEXPIRETIME', key)
if expiry < 0 then
  return respond('missing')
end
-- The key is gone a millisecond before, as `consume.lua` says.
return respond('already', expiry + 1)
