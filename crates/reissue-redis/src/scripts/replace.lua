#!lua
-- Replaces the details of a family.
-- ARGV: tag, expected revision, next revision, details

local revision, next_revision, details = ARGV[2], ARGV[3], ARGV[4]

local stored = redis.call('HGET', key, sid)
if not stored then
  return respond('missing')
end
local record = unpack_record(stored)
if not record then
  return respond('record', stored)
end
if deadline(record) <= now then
  return respond('missing')
end
if record.revision == revision then
  record.revision = next_revision
  record.details = details
  write(record)
  return respond('done')
end
if record.revision == next_revision then
  return respond('done')
end
return respond('record', stored)
