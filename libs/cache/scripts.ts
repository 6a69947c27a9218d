/**
 * Lua, run with EVALSHA by ioredis. Every script names all its keys. The time is Redis's own: callers have many clocks,
 * and one that is wrong by minutes must not move what all of them share.
 */

// Requests of many partners at once: rate limit (a fixed window each), then owner and status of those that poll.
// KEYS: the window of each partner, then the entries asked for. ARGV: window ms, number of partners, for each how many
// requests and its limit (0 = none), for each entry: whose it is asked by, its place among that partner's, the owner.
// Returns for each partner {count after these, milliseconds left} flat, then each value. Above the limit nothing is read.
export const COUNT_AND_READ = `
local partners = tonumber(ARGV[2])
local result, allowed = {}, {}
for i = 1, partners do
  local requests, limit = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
  local count = redis.call('INCRBY', KEYS[i], requests)
  local left = redis.call('PTTL', KEYS[i])
  if count == requests or left < 0 then
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
    left = tonumber(ARGV[1])
  end
  result[2 * i - 1] = count
  result[2 * i] = left
  allowed[i] = limit == 0 and requests or limit - count + requests
end
local at = 2 + 2 * partners
for i = partners + 1, #KEYS do
  local value = false
  if tonumber(ARGV[at + 2]) <= allowed[tonumber(ARGV[at + 1])] then
    local entry = redis.call('HMGET', KEYS[i], 'owner', 'value')
    if entry[1] == ARGV[at + 3] then
      value = entry[2]
    end
  end
  result[partners + i] = value
  at = at + 3
end
return result
`;

// The values of many entries, each null where it is missing or another user's. ARGV: the user.
export const READ_STATUSES = `
local values = {}
for i = 1, #KEYS do
  local entry = redis.call('HMGET', KEYS[i], 'owner', 'value')
  values[i] = entry[1] == ARGV[1] and entry[2]
end
return values
`;

// An older writer never replaces a newer state: versions come from the row.
export const WRITE_STATUS = `
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '0')
if version > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'owner', ARGV[2], 'value', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
`;

const NOW_MS = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

// ARGV: 'NX' to add only what is missing (else 'CH'), then for each member its delay in ms and its name.
export const SCHEDULE_DUE = `${NOW_MS}
for i = 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], ARGV[1], now + tonumber(ARGV[i]), ARGV[i + 1])
end
`;

// Claims due members by moving their score ahead (lease): a crash delays a poll and loses none.
// ARGV: lease in ms, limit. Returns {ms until the first of the others is due (false: there is none), member, ms since it
// was due, ...}.
export const CLAIM_DUE = `${NOW_MS}
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local claimed = {}
for i = 1, #due, 2 do
  redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[1]), due[i])
  claimed[i + 1] = due[i]
  claimed[i + 2] = tostring(now - tonumber(due[i + 1]))
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
claimed[1] = first[2] and tonumber(first[2]) - now or false
return claimed
`;

// Token bucket. ARGV: rate per second, burst, tokens that must remain for more urgent callers, how many are wanted.
// Returns how many were taken, and the milliseconds until one more may be there.
export const TAKE_TOKENS = `${NOW_MS}
local rate, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1]) or burst
local at = tonumber(bucket[2]) or now
if now > at then
  tokens = math.min(burst, tokens + (now - at) * rate / 1000)
  at = now
end
local taken = math.max(0, math.min(tonumber(ARGV[4]), math.floor(tokens - reserve)))
tokens = tokens - taken
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(at))
redis.call('PEXPIRE', KEYS[1], 60000)
return {taken, math.max(0, math.ceil((reserve + 1 - tokens) * 1000 / rate))}
`;
