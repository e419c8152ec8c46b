import sys
from math import sqrt
PI = 3.141592653589793
SOLAR = 4 * PI * PI
D = 365.24
class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")
    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z, self.vx, self.vy, self.vz, self.mass = x, y, z, vx, vy, vz, mass
def main(n):
    b = [Body(0, 0, 0, 0, 0, 0, SOLAR),
         Body(4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01, 1.66007664274403694e-03 * D, 7.69901118419740425e-03 * D, -6.90460016972063023e-05 * D, 9.54791938424326609e-04 * SOLAR),
         Body(8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01, -2.76742510726411804e-03 * D, 4.99852801234917238e-03 * D, 2.30417297573763929e-05 * D, 2.85885980666130812e-04 * SOLAR),
         Body(1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01, 2.96460137564761618e-03 * D, 2.37847173959480950e-03 * D, -2.96589568540237556e-05 * D, 4.36624404335156298e-05 * SOLAR),
         Body(1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01, 2.68067772490389322e-03 * D, 1.62824170038242295e-03 * D, -9.51592254519715870e-05 * D, 5.15138902046611451e-05 * SOLAR)]
    px = sum(o.vx * o.mass for o in b); py = sum(o.vy * o.mass for o in b); pz = sum(o.vz * o.mass for o in b)
    b[0].vx, b[0].vy, b[0].vz = -px / SOLAR, -py / SOLAR, -pz / SOLAR
    def energy():
        e = 0.0
        for i in range(5):
            p = b[i]
            e += 0.5 * p.mass * (p.vx * p.vx + p.vy * p.vy + p.vz * p.vz)
            for j in range(i + 1, 5):
                q = b[j]
                dx, dy, dz = p.x - q.x, p.y - q.y, p.z - q.z
                e -= p.mass * q.mass / sqrt(dx * dx + dy * dy + dz * dz)
        return e
    print("%.9f" % energy())
    dt = 0.01
    for _ in range(n):
        for i in range(5):
            p = b[i]
            for j in range(i + 1, 5):
                q = b[j]
                dx = p.x - q.x; dy = p.y - q.y; dz = p.z - q.z
                d2 = dx * dx + dy * dy + dz * dz
                mag = dt / (d2 * sqrt(d2))
                mi = p.mass; mj = q.mass
                p.vx -= dx * mj * mag; p.vy -= dy * mj * mag; p.vz -= dz * mj * mag
                q.vx += dx * mi * mag; q.vy += dy * mi * mag; q.vz += dz * mi * mag
        for p in b:
            p.x += dt * p.vx; p.y += dt * p.vy; p.z += dt * p.vz
    print("%.9f" % energy())
main(int(sys.argv[1]))
