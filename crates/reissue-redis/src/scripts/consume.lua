#!lua
-- The tag's attempt is kept as the value, so that a call that is delivered twice is still the first.
-- ARGV: tag, milliseconds

local milliseconds = tonumber(ARGV[2])

local held = redis.call('GET', key)
if held and held ~= attempt then
  return answer('already')
end
if not held and milliseconds > 0 then
  redis.call('SET', key, attempt, 'PX', milliseconds)
end
return answer('done')
