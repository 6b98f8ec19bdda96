#!lua flags=allow-oom
-- Not flagged `no-writes`, as in `load.lua`: a replica would report a revoked token as good.
-- ARGV: tag

if redis.call('GET', key) then
  return answer('already')
end
return answer('missing')
