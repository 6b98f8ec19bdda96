-- The beginning of every script with a key. `record/mod.rs` describes the bytes of a record.

local byte, char, sub = string.byte, string.char, string.sub
local floor, max, min = math.floor, math.max, math.min

local VERSION = 64
local HAS_REVISION, HAS_IDLE, HAS_CONFLICTS, HAS_SHARED, HAS_RARE, IN_FULL = 1, 2, 4, 8, 16, 32
local NEVER = math.huge
local FIVE_BYTES = 2 ^ 40
local SIX_BYTES = 2 ^ 48
local ROTATIONS_UNIT = 2 ^ 45
local IDLE_UNITS = {[0] = 1, 1000, 60000, 3600000}
local SLACK = 16
local SCANNED_FOR_EXPIRY = 128
local SWEPT = 8
local REMOVED_AT_ONCE = 1000
local DRAWN_BEYOND_LIMIT = 1000
local MOST_CLOCK_SKEW = 2000
local ROTATION_BYTES = 6
local MOST_EARLIER_BYTES = 7 * ROTATION_BYTES

local key, tag = KEYS[1], ARGV[1]
local sid, attempt = sub(tag, 1, 16), sub(tag, 17, 24)
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

local function has(flags, flag)
  return flags % (2 * flag) >= flag
end

-- Decodes what a record begins with: all that the caller of an advance knows. Returns where the
-- rest begins; or nil if it is of another version. Generation, revision and idle time stay bytes:
-- they are compared, not computed with, and doubles would round them.
local function unpack_beginning(bytes)
  local flags = byte(bytes, 1) - VERSION
  if flags < 0 or flags > 63 then
    return nil
  end
  local _, at = from_varint(bytes, 2)
  local record = {flags = flags, generation = sub(bytes, 2, at - 1), revision = '', idle = ''}
  if has(flags, HAS_REVISION) then
    record.revision = sub(bytes, at, at + 15)
    at = at + 16
  end
  if has(flags, HAS_IDLE) then
    local from = at
    _, at = from_varint(bytes, from)
    record.idle = sub(bytes, from, at - 1)
  end
  return record, at
end

-- Decodes a record; returns nil if it is of another version.
local function unpack_record(bytes)
  local record, at = unpack_beginning(bytes)
  if not record then
    return nil
  end
  local flags, age, created, life = record.flags, nil, nil, nil
  record.attempt = sub(bytes, at, at + 7)
  age, created, life, at = struct.unpack('>I5I6I5', bytes, at + 8)
  local rest = at + floor(created / ROTATIONS_UNIT) * ROTATION_BYTES
  record.created = created % ROTATIONS_UNIT
  record.earlier = sub(bytes, at, rest - 1)
  record.skipped, record.conflicts, record.shared = '\0', 0, 0
  at = rest
  local unlimited = FIVE_BYTES - 1
  if has(flags, HAS_RARE) then
    record.skipped = sub(bytes, at, at)
    age = age + byte(bytes, at + 1) * FIVE_BYTES
    life = life + byte(bytes, at + 2) * FIVE_BYTES
    unlimited = SIX_BYTES - 1
    at = at + 3
  end
  record.rotated = record.created + age
  record.expires = life ~= unlimited and record.created + life or nil
  if has(flags, HAS_CONFLICTS) then
    record.conflicts, at = from_varint(bytes, at)
  end
  if has(flags, HAS_SHARED) then
    record.shared = byte(bytes, at)
    at = at + 1
  end
  record.in_full = has(flags, IN_FULL)
  record.details = sub(bytes, at)
  return record
end

local function pack_record(record)
  local flags, rare, conflicts, shared = VERSION, '', '', ''
  if record.revision ~= '' then
    flags = flags + HAS_REVISION
  end
  if record.idle ~= '' then
    flags = flags + HAS_IDLE
  end
  local age = record.rotated - record.created
  local life = record.expires and record.expires - record.created
  if record.skipped ~= '\0' or age >= FIVE_BYTES or (life and life >= FIVE_BYTES - 1) then
    flags = flags + HAS_RARE
    life = life or SIX_BYTES - 1
    rare = record.skipped .. char(floor(age / FIVE_BYTES), floor(life / FIVE_BYTES))
  end
  if record.conflicts > 0 then
    flags = flags + HAS_CONFLICTS
    conflicts = to_varint(record.conflicts)
  end
  if record.shared > 0 then
    flags = flags + HAS_SHARED
    shared = char(record.shared)
  end
  if record.in_full then
    flags = flags + IN_FULL
  end
  local rotations = #record.earlier / ROTATION_BYTES
  return char(flags) .. record.generation .. record.revision .. record.idle .. record.attempt
    .. struct.pack('>I5I6I5', age % FIVE_BYTES, record.created + rotations * ROTATIONS_UNIT,
      (life or FIVE_BYTES - 1) % FIVE_BYTES)
    .. record.earlier .. rare .. conflicts .. shared .. record.details
end

-- Returns when a family expires, and until when its key is kept. The slack allows the short script
-- to leave the expiry of the key alone, until a rotation is a sixteenth of the idle time later.
local function deadline(record)
  local at, kept_until = record.expires or NEVER, record.expires or NEVER
  if record.idle ~= '' then
    local code = from_varint(record.idle, 1)
    local unit = code % 4
    local idle = (code - unit) / 4 * IDLE_UNITS[unit]
    at = min(at, record.rotated + idle)
    kept_until = min(kept_until, record.rotated + idle + floor(idle / SLACK))
  end
  return at, kept_until
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
  local age = min(record.rotated - record.created, FIVE_BYTES - 1)
  record.earlier = record.skipped .. struct.pack('>I5', age) .. sub(record.earlier, 1, kept)
end

-- Returns whether each rotation is no later than the next one, as long as the clock does not step
-- back.
local function is_in_order(record)
  local latest = record.rotated - record.created
  for at = 2, #record.earlier, ROTATION_BYTES do
    local age = struct.unpack('>I5', record.earlier, at)
    if age > latest then
      return false
    end
    latest = age
  end
  return true
end

-- Reads a few families, drawn at random, and removes those that have expired. Returns whether they
-- were so many that there must be more.
local function sweep()
  local drawn = redis.call('HRANDFIELD', key, SWEPT, 'WITHVALUES')
  local removed = 0
  for i = 1, #drawn, 2 do
    if drawn[i] ~= sid and is_expired(drawn[i + 1]) then
      redis.call('HDEL', key, drawn[i])
      removed = removed + 1
    end
  end
  return #drawn == 2 * SWEPT and removed >= SWEPT / 4
end

-- Returns until when the key is kept for all families; `NEVER` if there are too many to read, or if
-- one cannot be decoded.
local function latest_deadline(families)
  if families > SCANNED_FOR_EXPIRY then
    return NEVER
  end
  local latest = 0
  for _, bytes in ipairs(redis.call('HVALS', key)) do
    local record = unpack_record(bytes)
    latest = max(latest, record and select(2, deadline(record)) or NEVER)
  end
  return latest
end

-- Sets the expiry of the key to the latest time until which a family needs it. One of them now
-- needs it until `at`.
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
-- If there are more to remove, or if the short script would mistake its rotations, the next advance
-- takes the full script.
local function write(record)
  local at, kept_until = deadline(record)
  if at <= now then
    redis.call('HDEL', key, sid)
    return
  end
  local may_have_others = redis.call('HLEN', key) > 1
  record.in_full = may_have_others and sweep() or not is_in_order(record)
  redis.call('HSET', key, sid, pack_record(record))
  keep_key_until(kept_until, redis.call('HLEN', key))
end

-- Removes families, however many.
local function remove(sids)
  for from = 1, #sids, REMOVED_AT_ONCE do
    redis.call('HDEL', key, unpack(sids, from, min(from + REMOVED_AT_ONCE - 1, #sids)))
  end
end
