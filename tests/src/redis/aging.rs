/// A script that makes every record older by so many milliseconds, and lets every key expire as
/// much earlier, as if time had passed. All that a record knows of time counts from its creation,
/// which is the only field that changes. Takes no key, and the milliseconds as its argument.
pub const AGE: &str = "
for _, key in ipairs(redis.call('KEYS', '*')) do
  local families = redis.call('HGETALL', key)
  for i = 1, #families, 2 do
    local record = families[i + 1]
    local flags, at = string.byte(record, 1), 2
    local function skip_varint()
      while string.byte(record, at) >= 128 do
        at = at + 1
      end
      at = at + 1
    end
    skip_varint()
    if flags % 2 >= 1 then
      at = at + 16
    end
    if flags % 4 >= 2 then
      skip_varint()
    end
    at = at + 13
    local created = struct.unpack('>I6', record, at)
    redis.call('HSET', key, families[i], string.sub(record, 1, at - 1)
      .. struct.pack('>I6', created - ARGV[1]) .. string.sub(record, at + 6))
  end
  local expiry = redis.call('PEXPIRETIME', key)
  if expiry >= 0 then
    redis.call('PEXPIREAT', key, expiry - ARGV[1])
  end
end";
