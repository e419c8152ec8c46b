local x,m=42,{}
for _=1,tonumber(arg[1]) do x=(x*1103515245+12345)&0x7fffffff; local k=x%65536; m[k]=(m[k] or 0)+1 end
local n,mx=0,0
for _,v in pairs(m) do n=n+1; if v>mx then mx=v end end
print(n,mx)
