local sqrt = math.sqrt
local PI = 3.141592653589793; local S = 4 * PI * PI; local D = 365.24
local b = {
 {x=0,y=0,z=0,vx=0,vy=0,vz=0,mass=S},
 {x=4.84143144246472090e+00,y=-1.16032004402742839e+00,z=-1.03622044471123109e-01,vx=1.66007664274403694e-03*D,vy=7.69901118419740425e-03*D,vz=-6.90460016972063023e-05*D,mass=9.54791938424326609e-04*S},
 {x=8.34336671824457987e+00,y=4.12479856412430479e+00,z=-4.03523417114321381e-01,vx=-2.76742510726411804e-03*D,vy=4.99852801234917238e-03*D,vz=2.30417297573763929e-05*D,mass=2.85885980666130812e-04*S},
 {x=1.28943695621391310e+01,y=-1.51111514016986312e+01,z=-2.23307578892655734e-01,vx=2.96460137564761618e-03*D,vy=2.37847173959480950e-03*D,vz=-2.96589568540237556e-05*D,mass=4.36624404335156298e-05*S},
 {x=1.53796971148509165e+01,y=-2.59193146099879641e+01,z=1.79258772950371181e-01,vx=2.68067772490389322e-03*D,vy=1.62824170038242295e-03*D,vz=-9.51592254519715870e-05*D,mass=5.15138902046611451e-05*S}}
local px,py,pz = 0,0,0
for _,o in ipairs(b) do px=px+o.vx*o.mass; py=py+o.vy*o.mass; pz=pz+o.vz*o.mass end
b[1].vx,b[1].vy,b[1].vz = -px/S,-py/S,-pz/S
local function energy()
  local e = 0
  for i=1,5 do local p=b[i]; e=e+0.5*p.mass*(p.vx*p.vx+p.vy*p.vy+p.vz*p.vz)
    for j=i+1,5 do local q=b[j]; local dx,dy,dz=p.x-q.x,p.y-q.y,p.z-q.z; e=e-p.mass*q.mass/sqrt(dx*dx+dy*dy+dz*dz) end end
  return e
end
print(string.format("%.9f", energy()))
local dt = 0.01
for _=1,tonumber(arg[1]) do
  for i=1,5 do local p=b[i]
    for j=i+1,5 do local q=b[j]
      local dx,dy,dz=p.x-q.x,p.y-q.y,p.z-q.z; local d2=dx*dx+dy*dy+dz*dz; local mag=dt/(d2*sqrt(d2)); local mi,mj=p.mass,q.mass
      p.vx=p.vx-dx*mj*mag; p.vy=p.vy-dy*mj*mag; p.vz=p.vz-dz*mj*mag
      q.vx=q.vx+dx*mi*mag; q.vy=q.vy+dy*mi*mag; q.vz=q.vz+dz*mi*mag end end
  for i=1,5 do local p=b[i]; p.x=p.x+dt*p.vx; p.y=p.y+dt*p.vy; p.z=p.z+dt*p.vz end
end
print(string.format("%.9f", energy()))
