local function make(d) if d==0 then return {} end return {make(d-1),make(d-1)} end
local function check(t) if t[1] then return 1+check(t[1])+check(t[2]) end return 1 end
local n=tonumber(arg[1]); local lo=4; local hi=math.max(lo+2,n)
print("stretch tree of depth "..(hi+1).."\t check: "..check(make(hi+1)))
local long=make(hi)
for d=lo,hi,2 do local it=1<<(hi-d+lo); local c=0
  for _=1,it do c=c+check(make(d)) end
  print(it.."\t trees of depth "..d.."\t check: "..c) end
print("long lived tree of depth "..hi.."\t check: "..check(long))
