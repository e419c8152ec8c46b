local x,chk,al,fr=42,0,0,0; local slots={}
for _=1,tonumber(arg[1]) do
  x=(x*1103515245+12345)&0x7fffffff
  local j=x%1000
  if slots[j] then chk=(chk*31+slots[j].n)%1000000007; slots[j]=nil; fr=fr+1
  else slots[j]={n=1+(x>>10)%512}; al=al+1 end
end
print(al,fr,chk)
