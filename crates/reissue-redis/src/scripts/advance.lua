#!lua
-- The tag's attempt names this advance. ARGV: tag, from, to, revision, idle time

local from, to, revision, idle = ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local held = redis.call('HGET', key, sid)
if not held then
  return answer('missing')
end
local record = unpack_record(held)
if not record then
  return answer('record', held)
end
if deadline(record) <= now then
  return answer('missing')
end
if record.attempt == attempt then
  return answer('done')
end
if record.generation ~= from or record.revision ~= revision then
  record.conflicts = min(record.conflicts + 1, 4294967295)
  held = pack_record(record)
  redis.call('HSET', key, sid, held)
  return answer('record', held)
end
record.generation = to
record.attempt = attempt
record.rotated = max(now, record.created)
record.conflicts = 0
record.idle = idle
write(record, 2)
return answer('done')
