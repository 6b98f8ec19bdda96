#!lua
-- ARGV: tag, expected revision, next revision, details

local revision, next_revision, details = ARGV[2], ARGV[3], ARGV[4]

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
if record.revision == revision then
  record.revision = next_revision
  record.details = details
  write(record, 2)
  return answer('done')
end
if record.revision == next_revision then
  return answer('done')
end
return answer('record', held)
