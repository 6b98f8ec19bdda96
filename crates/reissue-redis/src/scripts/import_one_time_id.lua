#!lua
-- Records a single-use id as taken. One that is free by then is left out. The value is no attempt:
-- nobody has taken it here.
-- ARGV: tag, milliseconds since the epoch at which it is free again, and one less

local free = tonumber(ARGV[2])
if free <= now then
  return respond('missing')
end
local expiry = redis.call('PEXPIRETIME', key)
if expiry == free - 1 then
  return respond('unchanged')
end
redis.call('SET', key, '', 'PXAT', ARGV[3])
return respond(expiry < 0 and 'added' or 'changed')
