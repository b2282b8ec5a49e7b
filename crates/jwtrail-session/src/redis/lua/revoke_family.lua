-- Revokes a family and gives it as it stood before. now, until, milliseconds to keep it.
local family = redis.call('HMGET', KEYS[1], 's', 'c', 'o', 't', 'e', 'g', 'r', 'j', 'x', 'u')
local alive = family[10] and tonumber(ARGV[1]) < tonumber(family[10])
if alive and family[9] == '0' then
  redis.call('HSET', KEYS[1], 'x', '1', 'u', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return family
