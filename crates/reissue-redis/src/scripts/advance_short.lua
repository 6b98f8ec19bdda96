#!lua
-- Advances a family in the common case. In any other it writes nothing and responds `slow`, and
-- `advance.lua` follows with the same arguments. Has no prelude, because to make its functions takes
-- longer than all of this.
-- ARGV: as of `advance.lua`

local sub = string.sub
local key, tag, expected = KEYS[1], ARGV[1], ARGV[2]
local sid, attempt, at = sub(tag, 1, 16), sub(tag, 17), #expected

local stored = redis.call('HGET', key, sid)
if stored and sub(stored, 1, at) == expected and sub(stored, at + 1, at + 8) ~= attempt then
  local time = redis.call('TIME')
  -- Together with the creation, the number of rotations before the last one.
  local rotated, created, life = struct.unpack('>I5I6I5', stored, at + 9)
  local earlier = 0
  if created >= 35184372088832 then
    earlier = math.floor(created / 35184372088832)
    created = created - earlier * 35184372088832
  end
  -- All times from here on count from the creation.
  local now = time[1] * 1000 + time[2] / 1000 - created
  local age, history, step = now - rotated, ARGV[4] + 0, ARGV[5] + 0
  -- Within a sixteenth of the idle time, so that neither the idle deadline nor the expiry of the
  -- key is near; before the absolute expiry; and the clock has not stepped back.
  if age >= 0 and rotated % step + age < step and now < life then
    if age >= history then
      if earlier == 0 then
        redis.call('HSET', key, sid,
          ARGV[3] .. attempt .. struct.pack('>I5', now) .. sub(stored, at + 14))
        return tag
      end
    else
      local kept = earlier
      while kept > 0 and now - struct.unpack('>I5', stored, at + 20 + 6 * kept) >= history do
        kept = kept - 1
      end
      kept = math.min(kept, 6)
      redis.call('HSET', key, sid,
        ARGV[3] .. attempt
          .. struct.pack('>I5I6', now, created + (kept + 1) * 35184372088832)
          .. sub(stored, at + 20, at + 24)
          .. '\0' .. sub(stored, at + 9, at + 13)
          .. sub(stored, at + 25, at + 24 + 6 * kept)
          .. sub(stored, at + 25 + 6 * earlier))
      return tag
    end
  end
end
return {tag, 0, 'slow'}
