#!lua
-- Advances a family by one generation, or by several, where `advance_short.lua` has responded
-- `slow`. The tag's attempt identifies the advance.
-- ARGV: tag, followed by the milliseconds for which a rotation is remembered and those of a
-- sixteenth of the idle time, in 6 bytes each; the beginning of the record as the caller expects
-- it; the beginning of the next one; the format in which the short script reads the record; and the
-- number of generations that are skipped, as a byte

local expected, next_record = unpack_beginning(ARGV[2]), unpack_beginning(ARGV[3])
local from, to = expected.generation, next_record.generation
local revision, idle = expected.revision, expected.idle
local history, skipped = struct.unpack('>I6', tag, 25), ARGV[5] or '\0'

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
if record.generation ~= '\0' and record.attempt == attempt then
  return respond('done')
end
if record.generation ~= from or record.revision ~= revision then
  if from_varint(record.generation, 1) > from_varint(from, 1) then
    record.conflicts = min(record.conflicts + 1, 4294967295)
    stored = pack_record(record)
    redis.call('HSET', key, sid, stored)
  end
  return respond('record', stored)
end
local remembered = record.earlier ~= ''
remember_rotations(record, history)
if remembered and record.earlier == '' and redis.call('HLEN', key) == 1 then
  -- Redis keeps a hash that was large once as a table. This one is small again and its only
  -- family, so it is removed, and written below as a new hash, which is a listpack.
  redis.call('UNLINK', key)
end
record.shared = record.conflicts > 0 and min(record.shared + 1, 255) or 0
record.generation = to
record.attempt = attempt
record.rotated = max(now, record.created)
record.skipped = skipped
record.conflicts = 0
record.idle = idle
write(record)
return respond('done')
