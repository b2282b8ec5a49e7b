-- Opens a family, unless there is one. now, milliseconds to keep it, then fields and values.
local known = redis.call('HGET', KEYS[1], 'u')
if known and tonumber(ARGV[1]) < tonumber(known) then
  return 0
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
