#!lua flags=allow-oom
-- Reads a family. Not flagged `no-writes`, so that a server that has become a replica denies it
-- instead of responding with old data.
-- ARGV: tag

local stored = redis.call('HGET', key, sid)
if not stored then
  return respond('missing')
end
return respond('record', stored)
