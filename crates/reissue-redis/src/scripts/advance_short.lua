#!lua
-- Advances a family in the common case. In any other it writes nothing and responds `slow`, and
-- `advance.lua` follows with the same arguments. Has no prelude, because to make its functions
-- takes longer than all of this.
-- ARGV: as of `advance.lua`. So few, and what belongs together in one, because each string costs.

local call, unpack = redis.call, struct.unpack
local key, tag, expected = KEYS[1], ARGV[1], ARGV[2]
local sid, attempt, history, step = unpack('>c16c8I6I6', tag)

local stored = call('HGET', key, sid)
if stored and #stored >= #expected + 24 then
  -- Together with the creation, the number of rotations before the last one.
  local beginning, last_attempt, rotated, created, life, rest = unpack(ARGV[4], stored)
  if beginning == expected and last_attempt ~= attempt then
    local time = call('TIME')
    local earlier = 0
    if created >= 35184372088832 then
      earlier = math.floor(created / 35184372088832)
      created = created - earlier * 35184372088832
    end
    -- All times from here on count from the creation.
    local now = time[1] * 1000 + time[2] / 1000 - created
    local age = now - rotated
    -- The clock has not stepped back; the last rotation is within the same sixteenth of the idle
    -- time, so that neither the idle deadline nor the expiry of the key is near; and the absolute
    -- expiry is not reached.
    if age >= 0 and rotated % step + age < step and now < life then
      if age >= history then
        if earlier == 0 then
          call('HSET', key, sid,
            ARGV[3] .. attempt .. struct.pack('>I5', now) .. string.sub(stored, rest - 11))
          return tag
        end
      else
        local kept, sub = earlier, string.sub
        while kept > 0 and now - unpack('>I5', stored, rest - 5 + 6 * kept) >= history do
          kept = kept - 1
        end
        kept = math.min(kept, 6)
        call('HSET', key, sid,
          ARGV[3] .. attempt .. struct.pack('>I5I6', now, created + (kept + 1) * 35184372088832)
            .. sub(stored, rest - 5, rest - 1)
            .. '\0' .. sub(stored, rest - 16, rest - 12)
            .. sub(stored, rest, rest - 1 + 6 * kept)
            .. sub(stored, rest + 6 * earlier))
        return tag
      end
    end
  end
end
return {tag, 0, 'slow'}
