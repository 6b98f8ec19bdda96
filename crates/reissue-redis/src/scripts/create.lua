#!lua
-- ARGV: tag, idle time, absolute expiry or nothing, details, largest number of families or nothing, 'evict' or 'refuse'

local idle, expires, details = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local limit, when_full = tonumber(ARGV[5]), ARGV[6]

local held = redis.call('HGET', key, sid)
if held then
  local record = unpack_record(held)
  if not record then
    return answer('record', held)
  end
  if deadline(record) > now then
    return answer('done', '')
  end
end

-- By age, and by sid among equals; byte by byte, since `<` on strings goes by the server's locale.
local function goes_first(one, other)
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

-- Of a subject with far more families than it may have, since the limit was lowered, a draw is judged in the place of
-- all, and a part of it goes that is as large as of all: the next login goes on.
local gone, evicted = {}, {}
local families = redis.call('HLEN', key)
if limit and families >= limit then
  local looked_at, live = nil, {}
  if families > limit + DRAWN_BEYOND_LIMIT then
    looked_at = redis.call('HRANDFIELD', key, DRAWN_BEYOND_LIMIT, 'WITHVALUES')
  else
    looked_at = redis.call('HGETALL', key)
  end
  for i = 1, #looked_at, 2 do
    local record = unpack_record(looked_at[i + 1])
    if not record then
      return answer('record', looked_at[i + 1])
    end
    if deadline(record) <= now then
      gone[#gone + 1] = looked_at[i]
    else
      live[#live + 1] = {sid = looked_at[i], rotated = record.rotated}
    end
  end
  local left = families - #gone
  local surplus = left - limit + 1
  if surplus > 0 and when_full == 'refuse' then
    remove(gone)
    return answer('full')
  end
  if surplus > 0 then
    table.sort(live, goes_first)
    for i = 1, floor(surplus * #live / left) do
      evicted[i] = live[i].sid
      gone[#gone + 1] = live[i].sid
    end
  end
end

remove(gone)
write({
  created = now,
  generation = '\0',
  attempt = '',
  rotated = now,
  revision = '',
  conflicts = 0,
  shared = 0,
  skipped = '\0',
  earlier = '',
  idle = idle,
  expires = expires,
  details = details,
}, 8)
return answer('done', table.concat(evicted))
