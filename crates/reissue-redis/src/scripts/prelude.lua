-- The beginning of every script with a key. `record/mod.rs` describes the bytes of a record.

local byte, char, sub = string.byte, string.char, string.sub
local floor, max, min = math.floor, math.max, math.min

local VERSION = 64
local NEVER = math.huge
local IDLE_UNITS = {[0] = 1, 1000, 60000, 3600000}
local SCANNED_FOR_EXPIRY = 128
local REMOVED_AT_ONCE = 1000
local DRAWN_BEYOND_LIMIT = 1000
local MOST_CLOCK_SKEW = 2000
local ROTATION_BYTES = 6
local MOST_EARLIER_BYTES = 7 * ROTATION_BYTES
local LARGEST_ROTATION_TIME = 2 ^ 40 - 1

local key, tag = KEYS[1], ARGV[1]
local sid, attempt = sub(tag, 1, 16), sub(tag, 17)
local time = redis.call('TIME')
local now = time[1] * 1000 + floor(time[2] / 1000)

local function respond(status, data)
  return {tag, now, status, data}
end

-- Returns the number that begins at `at`, and where the next field begins.
local function from_varint(bytes, at)
  local number, unit = 0, 1
  local next_byte = byte(bytes, at)
  while next_byte >= 128 do
    number = number + (next_byte - 128) * unit
    unit = unit * 128
    at = at + 1
    next_byte = byte(bytes, at)
  end
  return number + next_byte * unit, at + 1
end

local function to_varint(number)
  local bytes = ''
  while number >= 128 do
    local low = number % 128
    bytes = bytes .. char(low + 128)
    number = (number - low) / 128
  end
  return bytes .. char(number)
end

-- Decodes a record; returns nil if it is of another version. Generation, revision and idle time
-- stay bytes: they are compared, not computed with, and doubles would round them.
local function unpack_record(bytes)
  local flags, created, at = struct.unpack('>BI6', bytes)
  local has = flags - VERSION
  if has < 0 or has > 63 then
    return nil
  end
  local from, _ = at, nil
  local record = {
    created = created,
    attempt = '',
    revision = '',
    conflicts = 0,
    idle = '',
    shared = 0,
    skipped = '\0',
    earlier = '',
  }
  _, at = from_varint(bytes, from)
  record.generation = sub(bytes, from, at - 1)
  if record.generation ~= '\0' then
    record.attempt = sub(bytes, at, at + 7)
    at = at + 8
  end
  local age
  age, at = from_varint(bytes, at)
  record.rotated = created + age
  if has % 2 >= 1 then
    record.revision = sub(bytes, at, at + 15)
    at = at + 16
  end
  if has % 4 >= 2 then
    record.conflicts, at = from_varint(bytes, at)
  end
  if has % 8 >= 4 then
    from = at
    _, at = from_varint(bytes, from)
    record.idle = sub(bytes, from, at - 1)
  end
  if has % 16 >= 8 then
    local life
    life, at = from_varint(bytes, at)
    record.expires = created + life
  end
  if has % 32 >= 16 then
    record.shared = byte(bytes, at)
    at = at + 1
  end
  if has >= 32 then
    local rest = at + 2 + byte(bytes, at) * ROTATION_BYTES
    record.skipped = sub(bytes, at + 1, at + 1)
    record.earlier = sub(bytes, at + 2, rest - 1)
    at = rest
  end
  record.details = sub(bytes, at)
  return record
end

local function pack_record(record)
  local flags, conflicts, life, shared, rotations = VERSION, '', '', '', ''
  if record.revision ~= '' then
    flags = flags + 1
  end
  if record.conflicts > 0 then
    flags = flags + 2
    conflicts = to_varint(record.conflicts)
  end
  if record.idle ~= '' then
    flags = flags + 4
  end
  if record.expires then
    flags = flags + 8
    life = to_varint(record.expires - record.created)
  end
  if record.shared > 0 then
    flags = flags + 16
    shared = char(record.shared)
  end
  if record.earlier ~= '' or record.skipped ~= '\0' then
    flags = flags + 32
    rotations = char(#record.earlier / ROTATION_BYTES) .. record.skipped .. record.earlier
  end
  return struct.pack('>BI6', flags, record.created)
    .. record.generation .. record.attempt .. to_varint(record.rotated - record.created)
    .. record.revision .. conflicts .. record.idle .. life .. shared .. rotations .. record.details
end

local function deadline(record)
  local at = record.expires or NEVER
  if record.idle ~= '' then
    local code = from_varint(record.idle, 1)
    local unit = code % 4
    at = min(at, record.rotated + (code - unit) / 4 * IDLE_UNITS[unit])
  end
  return at
end

local function is_expired(bytes)
  local record = unpack_record(bytes)
  return record and deadline(record) <= now
end

-- Returns whether a rotation at that time is younger than `history`. One in the future is not,
-- unless by so little that it comes from the difference between two servers' clocks.
local function is_young(at, history)
  return at <= now + MOST_CLOCK_SKEW and now - at < history
end

-- Moves the last rotation to the earlier ones, and drops those that are not young. All before one
-- that is dropped are dropped, too.
local function remember_rotations(record, history)
  if record.generation == '\0' or not is_young(record.rotated, history) then
    record.earlier = ''
    return
  end
  local kept = 0
  while kept < #record.earlier and kept < MOST_EARLIER_BYTES - ROTATION_BYTES do
    if not is_young(record.created + struct.unpack('>I5', record.earlier, kept + 2), history) then
      break
    end
    kept = kept + ROTATION_BYTES
  end
  local age = min(record.rotated - record.created, LARGEST_ROTATION_TIME)
  record.earlier = record.skipped .. struct.pack('>I5', age) .. sub(record.earlier, 1, kept)
end

-- Reads up to `count` families, drawn at random, and removes those that have expired.
local function sweep(count)
  local drawn = redis.call('HRANDFIELD', key, count, 'WITHVALUES')
  for i = 1, #drawn, 2 do
    if is_expired(drawn[i + 1]) then
      redis.call('HDEL', key, drawn[i])
    end
  end
end

-- Returns the latest deadline of all families; `NEVER` if there are too many to read, or if one
-- cannot be decoded.
local function latest_deadline(families)
  if families > SCANNED_FOR_EXPIRY then
    return NEVER
  end
  local latest = 0
  for _, bytes in ipairs(redis.call('HVALS', key)) do
    local record = unpack_record(bytes)
    latest = max(latest, record and deadline(record) or NEVER)
  end
  return latest
end

-- Sets the expiry of the key to the latest deadline of its families, one of which now has the
-- deadline `at`.
local function keep_key_until(at, families)
  if families == 1 then
    if at == NEVER then
      redis.call('PERSIST', key)
    else
      redis.call('PEXPIREAT', key, at)
    end
    return
  end
  local kept_until = redis.call('PEXPIRETIME', key)
  if kept_until >= 0 then
    if at == NEVER then
      redis.call('PERSIST', key)
    elseif at > kept_until then
      redis.call('PEXPIREAT', key, at)
    end
  elseif at ~= NEVER then
    local latest = latest_deadline(families)
    if latest ~= NEVER then
      redis.call('PEXPIREAT', key, latest)
    end
  end
end

-- Writes the family, or removes it if it has expired already, and removes a few other expired ones.
local function write(record, swept)
  local at = deadline(record)
  if at <= now then
    redis.call('HDEL', key, sid)
    return
  end
  redis.call('HSET', key, sid, pack_record(record))
  local families = redis.call('HLEN', key)
  if families > 1 then
    sweep(swept)
  end
  keep_key_until(at, families)
end

-- Removes families, however many.
local function remove(sids)
  for from = 1, #sids, REMOVED_AT_ONCE do
    redis.call('HDEL', key, unpack(sids, from, min(from + REMOVED_AT_ONCE - 1, #sids)))
  end
end
