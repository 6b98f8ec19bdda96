#!lua
-- The tag's attempt names this advance. ARGV: tag, from, to, revision, idle time; and a byte that says how many generations it
-- leads ahead, less one, before the milliseconds for which a rotation is remembered

local from, to, revision, idle = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local skipped, history = sub(ARGV[6], 1, 1), tonumber(sub(ARGV[6], 2))

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
  if from_varint(record.generation, 1) > from_varint(from, 1) then
    record.conflicts = min(record.conflicts + 1, 4294967295)
    held = pack_record(record)
    redis.call('HSET', key, sid, held)
  end
  return answer('record', held)
end
local remembered = record.earlier ~= ''
remember_rotations(record, history)
if remembered and record.earlier == '' and redis.call('HLEN', key) == 1 then
  -- Small again, and alone: a new hash is a listpack, where the old one would stay a table.
  redis.call('UNLINK', key)
end
record.shared = record.conflicts > 0 and min(record.shared + 1, 255) or 0
record.generation = to
record.attempt = attempt
record.rotated = max(now, record.created)
record.skipped = skipped
record.conflicts = 0
record.idle = idle
write(record, 2)
return answer('done')
