local N = 100000
local x, a, b, c, pairs_, text = 42, {}, {}, {}, {}, {}
for i = 0, N - 1 do
  x = (x * 1103515245 + 12345) & 0x7fffffff
  a[#a + 1] = x >> 8
  b[#b + 1] = (x >> 4) & 0xff
  c[#c + 1] = (x >> 12) & 3
  pairs_[#pairs_ + 1] = { x >> 16, i }
  text[#text + 1] = (x & 0x700 == 0) and 'é' or string.char(97 + (x >> 8) % 26)
end
text = table.concat(text)
local run = {
  map_filter_sum = function(k) local s = 0 for i = 0, N - 1 do local v = i * 3 + k if v % 5 ~= 0 then s = s + v end end return s end,
  zip = function(k) local s = 0 for i = 1, #a do s = s + a[i] * b[i] + k end return s end,
  windows = function(k) local c = k for i = 2, #a do if a[i - 1] < a[i] then c = c + 1 end end return c end,
  chunks = function(k) local m = 0 for i = 1, #b, 4 do local s = 0 for j = i, math.min(i + 3, #b) do s = s + b[j] end if s > m then m = s end end return m + k end,
  enumerate = function(k) local s = 0 for i, v in ipairs(a) do s = s + (i - 1) * v + k end return s end,
  flat_map = function(k) local s = k for i = 1, #b do for y = 0, 7 do s = s + (b[i] ~ y) end end return s end,
  fold = function(k) local factor, h = k | 31, 1 for i = 1, #a do h = ((h * factor) & 0xffffffff) ~ a[i] end return h end,
  bytes = function(k) local c = k for i = 1, #text do if text:byte(i) == 101 then c = c + 1 end end return c end,
  chars = function(k) local s = k for _, c in utf8.codes(text) do s = s + c end return s end,
  sort_by = function(k)
    local v = table.move(pairs_, 1, N, 1, {})
    table.sort(v, function(p, q) if p[1] ~= q[1] then return p[1] < q[1] end return p[2] < q[2] end)
    return v[N // 2 + 1][2] + k
  end,
  take_while = function(k) local s = 0 for i = (k & 7) + 1, #a do local v = a[i] if v == 0xffffffff then break end s = s + v end return s end,
  rev_step_by = function(k) local s = 0 for i = N, 1, -3 do s = s + a[i] + k end return s end,
  zip_three = function(k) local s = 0 for i = 1, #a do s = s + (a[i] ~ b[i] ~ c[i]) + k end return s end,
  two_in_turn = function(k) local s = k for i = 1, #a do s = s + a[i] end for i = 1, #b do s = s + b[i] end return s end,
  flat_for = function(k) local s = k for i = 1, #b do for y = 0, 7 do s = s + (b[i] ~ y) end end return s end,
  groups = function(k)
    local s, i = k, 1
    while i <= #c do
      local v, n = c[i], 1
      i = i + 1
      while c[i] == v do n = n + 1 i = i + 1 end
      s = s + n * n * v
    end
    return s
  end,
  inclusive = function(k) local s = 0 for i = 1, N do s = s + (i ~ k) end return s end,
  partition = function(k)
    local even, odd = {}, {}
    for i = 1, #a do local v = a[i] if v & 1 == 0 then even[#even + 1] = v else odd[#odd + 1] = v end end
    return #even * 3 + #odd + k
  end,
  scan = function(k) local s, sum = k, 0 for i = 1, #b do s = s + b[i] sum = sum + s end return sum end,
  chars_rev = function(k) local s = k for _, c in utf8.codes(text) do s = s + c end return s end,
}
local total, f = 0, run[arg[1]]
for k = 0, tonumber(arg[2]) - 1 do total = total + f(k) end
print(total)
