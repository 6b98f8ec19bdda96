#!lua
-- Takes a single-use id. The value is the tag's attempt, so that a request that is delivered twice
-- counts as the first both times.
-- ARGV: tag, milliseconds, '1' if something must be written whatever is stored

local milliseconds, must_write = tonumber(ARGV[2]), ARGV[3] == '1'

local stored = redis.call('GET', key)
-- The first request may not have reached the replicas. `WAIT` waits only for what its connection
-- has written, so this one writes too.
if stored and must_write then
  redis.call('SET', key, stored, 'KEEPTTL')
end
if stored and stored ~= attempt then
  return respond('already')
end
if not stored and milliseconds > 0 then
  -- Redis still has a key at the very millisecond at which it expires; the id must be free then.
  redis.call('SET', key, attempt, 'PX', math.max(milliseconds - 1, 1))
end
return respond('done')
