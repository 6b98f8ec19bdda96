#!lua flags=allow-oom
-- Returns whether a single-use id was taken. Not flagged `no-writes`, as in `load.lua`: a replica
-- might respond that a revoked token is valid.
-- ARGV: tag

if redis.call('GET', key) then
  return respond('already')
end
return respond('missing')
