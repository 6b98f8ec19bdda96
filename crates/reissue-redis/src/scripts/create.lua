#!lua
-- Creates a family, within the subject's limit.
-- ARGV: tag, idle time, absolute expiry or nothing, details, limit of families or nothing, 'evict'
-- or 'refuse'

local idle, expires, details = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local limit, when_full = tonumber(ARGV[5]), ARGV[6]

local stored = redis.call('HGET', key, sid)
if stored then
  local record = unpack_record(stored)
  if not record then
    return respond('record', stored)
  end
  if deadline(record) > now then
    return respond('done', '')
  end
end

-- By age, and by sid among equals: byte by byte, because `<` on strings depends on the locale.
local function is_evicted_before(one, other)
  if one.rotated ~= other.rotated then
    return one.rotated < other.rotated
  end
  for i = 1, 16 do
    local a, b = byte(one.sid, i), byte(other.sid, i)
    if a ~= b then
      return a < b
    end
  end
  return false
end

-- If the limit was lowered far below what a subject has, only some families are read, drawn at
-- random. The same share of them is evicted as of all, and the next login continues.
local removed, evicted = {}, {}
local families = redis.call('HLEN', key)
if limit and families >= limit then
  local read, live = nil, {}
  if families > limit + DRAWN_BEYOND_LIMIT then
    read = redis.call('HRANDFIELD', key, DRAWN_BEYOND_LIMIT, 'WITHVALUES')
  else
    read = redis.call('HGETALL', key)
  end
  for i = 1, #read, 2 do
    local record = unpack_record(read[i + 1])
    if not record then
      return respond('record', read[i + 1])
    end
    if deadline(record) <= now then
      removed[#removed + 1] = read[i]
    else
      live[#live + 1] = {sid = read[i], rotated = record.rotated}
    end
  end
  local left = families - #removed
  local surplus = left - limit + 1
  if surplus > 0 and when_full == 'refuse' then
    remove(removed)
    return respond('full')
  end
  if surplus > 0 then
    table.sort(live, is_evicted_before)
    for i = 1, floor(surplus * #live / left) do
      evicted[i] = live[i].sid
      removed[#removed + 1] = live[i].sid
    end
  end
end

remove(removed)
write({
  created = now,
  generation = '\0',
  attempt = string.rep('\0', 8),
  rotated = now,
  revision = '',
  conflicts = 0,
  shared = 0,
  skipped = '\0',
  earlier = '',
  idle = idle,
  expires = expires,
  details = details,
})
return respond('done', table.concat(evicted))
