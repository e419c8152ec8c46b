local function fannkuch(n)
  local perm1,perm,count={}, {}, {}
  for i=0,n-1 do perm1[i]=i; perm[i]=0; count[i]=0 end
  local maxf,sum,np,r=0,0,0,n
  while true do
    while r~=1 do count[r-1]=r; r=r-1 end
    for i=0,n-1 do perm[i]=perm1[i] end
    local flips=0
    while true do local k=perm[0]; if k==0 then break end
      local i,j=0,k
      while i<j do perm[i],perm[j]=perm[j],perm[i]; i=i+1; j=j-1 end
      flips=flips+1 end
    if flips>maxf then maxf=flips end
    if np%2==0 then sum=sum+flips else sum=sum-flips end
    while true do
      if r==n then return sum,maxf end
      local first=perm1[0]
      for i=0,r-1 do perm1[i]=perm1[i+1] end
      perm1[r]=first
      count[r]=count[r]-1
      if count[r]>0 then break end
      r=r+1 end
    np=np+1
  end
end
local n=tonumber(arg[1]); local s,m=fannkuch(n); print(s); print("Pfannkuchen("..n..") = "..m)
