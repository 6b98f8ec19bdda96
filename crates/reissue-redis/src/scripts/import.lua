#!lua
-- Makes a family equal to the given one. One that has expired is left out.
-- ARGV: tag, record

local given = unpack_record(ARGV[2])
if deadline(given) <= now then
  return respond('missing')
end
local status = 'added'
local stored = redis.call('HGET', key, sid)
if stored then
  local record = unpack_record(stored)
  if not record then
    return respond('record', stored)
  end
  if deadline(record) > now then
    record.in_full = false
    if pack_record(record) == ARGV[2] then
      return respond('unchanged')
    end
    status = 'changed'
  end
end
write(given)
return respond(status)
