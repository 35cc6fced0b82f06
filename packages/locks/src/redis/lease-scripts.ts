/**
 * Takes a key that nobody holds. Keys: the lease, the last token. Values: holder, time to live in milliseconds. The token
 * is the server's time in microseconds, or one more than the last if that is later: it grows even when the server has
 * lost all it knew. A key without an end, which no lease of BFM's is, gets one. Answers the token, or nothing and who holds it.
 */
export const ACQUIRE = `
local held = redis.call('GET', KEYS[1])
if held then
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    left = tonumber(ARGV[2])
    redis.call('PEXPIRE', KEYS[1], left)
  end
  return {false, held, left}
end
local now = redis.call('TIME')
local token = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, now[1] * 1000000 + now[2])
local text = string.format('%.0f', token)
local since = string.format('%.0f', math.floor((now[1] * 1000000 + now[2]) / 1000))
redis.call('SET', KEYS[2], text)
redis.call('SET', KEYS[1], text .. ' ' .. since .. ' ' .. ARGV[1], 'NX', 'PX', ARGV[2])
return {text}`;

/** Tells whether the lease of a key is the one with a token; the words of each value are token, since and holder. */
const IS_OURS = `
local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+') ~= ARGV[1] then return 0 end`;

/** Keys: the lease. Values: token, time to live in milliseconds. */
export const RENEW = `${IS_OURS}
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Keys: the lease. Values: token. */
export const RELEASE = `${IS_OURS}
return redis.call('DEL', KEYS[1])`;
