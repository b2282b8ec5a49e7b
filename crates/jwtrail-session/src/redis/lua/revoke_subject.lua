-- Revokes what a subject had up to a moment, or to the later one that is known.
-- now, before, until, milliseconds to keep it.
local before = ARGV[2]
local known = redis.call('GET', KEYS[1])
if known then
  local moment, ends = string.match(known, '^(-?%d+):(-?%d+)$')
  if moment and tonumber(ARGV[1]) < tonumber(ends) and tonumber(moment) > tonumber(before) then
    before = moment
  end
end
redis.call('SET', KEYS[1], before .. ':' .. ARGV[3], 'PX', ARGV[4])
return 1
