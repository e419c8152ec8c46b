local function a(i,j) local ij=i+j; return 1.0/(ij*(ij+1)//2+i+1) end
local n=tonumber(arg[1])
local function times(v,o) for i=0,n-1 do local s=0.0; for j=0,n-1 do s=s+a(i,j)*v[j] end; o[i]=s end end
local function timest(v,o) for i=0,n-1 do local s=0.0; for j=0,n-1 do s=s+a(j,i)*v[j] end; o[i]=s end end
local u,v,t={}, {}, {}
for i=0,n-1 do u[i]=1.0; v[i]=0.0; t[i]=0.0 end
for _=1,10 do times(u,t); timest(t,v); times(v,t); timest(t,u) end
local vbv,vv=0.0,0.0
for i=0,n-1 do vbv=vbv+u[i]*v[i]; vv=vv+v[i]*v[i] end
print(string.format("%.9f", math.sqrt(vbv/vv)))
