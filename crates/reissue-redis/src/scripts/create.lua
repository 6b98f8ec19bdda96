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

local gone, evicted = {}, {}
if limit and redis.call('HLEN', key) >= limit then
  local families, live = redis.call('HGETALL', key), {}
  for i = 1, #families, 2 do
    local record = unpack_record(families[i + 1])
    if not record then
      return answer('record', families[i + 1])
    end
    if deadline(record) <= now then
      gone[#gone + 1] = families[i]
    else
      live[#live + 1] = {sid = families[i], rotated = record.rotated}
    end
  end
  local surplus = #live - limit + 1
  if surplus > 0 and when_full == 'refuse' then
    return answer('full')
  end
  if surplus > 0 then
    table.sort(live, goes_first)
  end
  for i = 1, surplus do
    evicted[i] = live[i].sid
    gone[#gone + 1] = live[i].sid
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
  idle = idle,
  expires = expires,
  details = details,
}, 8)
return answer('done', table.concat(evicted))
