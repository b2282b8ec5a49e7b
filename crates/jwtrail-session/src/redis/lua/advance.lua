-- Moves a family on, if it stands where it was seen: the compare-and-swap. Otherwise gives it
-- as it stands. now, from, to, at, jti. Generations are compared as text: they have 64 bits.
local family = redis.call('HMGET', KEYS[1], 's', 'c', 'o', 't', 'e', 'g', 'r', 'j', 'x', 'u')
local alive = family[10] and tonumber(ARGV[1]) < tonumber(family[10])
if alive and family[9] == '0' and family[6] == ARGV[2] then
  redis.call('HSET', KEYS[1], 'g', ARGV[3], 'r', ARGV[4], 'j', ARGV[5])
  return 1
end
return family
