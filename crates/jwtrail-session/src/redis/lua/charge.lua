-- The generic cell rate algorithm over several keys: charges all of them, or none and gives the
-- place of the first that is over and how long it has to wait. For each key: what a charge
-- costs, and how far ahead it may owe. Everything in microseconds, by the clock of Redis.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local known = redis.call('MGET', unpack(KEYS))
local owed = {}
for place = 1, #KEYS do
  local interval = tonumber(ARGV[2 * place - 1])
  local latest = now + tonumber(ARGV[2 * place])
  local due = tonumber(known[place] or 0)
  -- Nobody can owe more: the clock was set back. It has used up all but one.
  if due > latest then
    due = latest - interval
  end
  due = math.max(due, now) + interval
  if due > latest then
    return {place, math.ceil(due - latest)}
  end
  owed[place] = due
end
for place = 1, #KEYS do
  local left = math.max(1, math.ceil((owed[place] - now) / 1000))
  redis.call('SET', KEYS[place], string.format('%.0f', owed[place]), 'PX', string.format('%.0f', left))
end
return {0, 0}
