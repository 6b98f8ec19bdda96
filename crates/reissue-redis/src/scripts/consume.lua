#!lua
-- The tag's attempt is kept as the value, so that a call that is delivered twice is still the first.
-- ARGV: tag, milliseconds, '1' if something must be written whatever there is

local milliseconds, must_write = tonumber(ARGV[2]), ARGV[3] == '1'

local held = redis.call('GET', key)
-- The first call may not have been made durable: without a write of its own, `WAIT` would not wait.
if held and must_write then
  redis.call('SET', key, held, 'KEEPTTL')
end
if held and held ~= attempt then
  return answer('already')
end
if not held and milliseconds > 0 then
  -- A key is there at the instant of its expiry too, and gone a millisecond later.
  redis.call('SET', key, attempt, 'PX', math.max(milliseconds - 1, 1))
end
return answer('done')
