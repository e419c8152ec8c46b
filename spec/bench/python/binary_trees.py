import sys
class Tree:
    __slots__ = ("left", "right")
    def __init__(self, l, r): self.left = l; self.right = r
def make(d): return Tree(None, None) if d == 0 else Tree(make(d - 1), make(d - 1))
def check(t): return 1 if t.left is None else 1 + check(t.left) + check(t.right)
n = int(sys.argv[1]); lo = 4; hi = max(lo + 2, n)
print(f"stretch tree of depth {hi + 1}\t check: {check(make(hi + 1))}")
long = make(hi)
for d in range(lo, hi + 1, 2):
    it = 1 << (hi - d + lo); c = 0
    for _ in range(it): c += check(make(d))
    print(f"{it}\t trees of depth {d}\t check: {c}")
print(f"long lived tree of depth {hi}\t check: {check(long)}")
