#!lua flags=allow-oom
-- Reads a page of families. Not flagged `no-writes`, as in `load.lua`.
-- ARGV: tag, cursor, count

local page = redis.call('HSCAN', key, ARGV[2], 'COUNT', ARGV[3])
return {tag, now, page[1], page[2]}
