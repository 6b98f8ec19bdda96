#!lua flags=allow-oom
-- Not flagged `no-writes`: a server that has become a replica shall refuse it, rather than answer what was once true.
-- ARGV: tag

local held = redis.call('HGET', key, sid)
if not held then
  return answer('missing')
end
return answer('record', held)
