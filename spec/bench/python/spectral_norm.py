import sys
from math import sqrt
def a(i, j): return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
def times(v, out):
    for i in range(len(v)):
        s = 0.0
        for j in range(len(v)): s += a(i, j) * v[j]
        out[i] = s
def times_t(v, out):
    for i in range(len(v)):
        s = 0.0
        for j in range(len(v)): s += a(j, i) * v[j]
        out[i] = s
n = int(sys.argv[1])
u = [1.0] * n; v = [0.0] * n; t = [0.0] * n
for _ in range(10):
    times(u, t); times_t(t, v); times(v, t); times_t(t, u)
vbv = vv = 0.0
for i in range(n):
    vbv += u[i] * v[i]; vv += v[i] * v[i]
print("%.9f" % sqrt(vbv / vv))
