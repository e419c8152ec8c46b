local n = tonumber(arg[1]); local flags = {}
for i = 0, n do flags[i] = 1 end
local i = 2
while i * i <= n do
  if flags[i] == 1 then local j = i * i; while j <= n do flags[j] = 0; j = j + i end end
  i = i + 1
end
local c = 0
for k = 2, n do if flags[k] == 1 then c = c + 1 end end
print(c .. " primes up to " .. n)
