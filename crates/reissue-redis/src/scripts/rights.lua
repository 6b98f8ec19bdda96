#!lua flags=no-writes
-- Returns the commands that the store needs and the user may not call.
-- ARGV: a key of the store, '1' if revocations must be durable

local some_key = ARGV[1]
local commands = {
  {'EVALSHA', 'digest', '1', some_key},
  {'GET', some_key},
  {'HDEL', some_key, 'field'},
  {'HGET', some_key, 'field'},
  {'HGETALL', some_key},
  {'HLEN', some_key},
  {'HRANDFIELD', some_key, '1', 'WITHVALUES'},
  {'HSCAN', some_key, '0'},
  {'HSET', some_key, 'field', 'value'},
  {'HVALS', some_key},
  {'PERSIST', some_key},
  {'PEXPIREAT', some_key, '1'},
  {'PEXPIRETIME', some_key},
  {'SET', some_key, 'value', 'PX', '1'},
  {'TIME'},
  {'UNLINK', some_key},
}
if ARGV[2] == '1' then
  commands[#commands + 1] = {'WAIT', '1', '1'}
end
local denied = {}
for _, command in ipairs(commands) do
  if not redis.acl_check_cmd(unpack(command)) then
    denied[#denied + 1] = command[1]
  end
end
return denied
