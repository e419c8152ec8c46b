local x,v=42,{}
for i=1,tonumber(arg[1]) do x=(x*1103515245+12345)&0x7fffffff; v[i]=x end
table.sort(v)
local c=0
for _,n in ipairs(v) do c=c*31+n end
print(v[1],v[#v],string.format("%u",c))
