import sys
N = 100000
x, a, b, c, pairs, text = 42, [], [], [], [], []
for i in range(N):
    x = (x * 1103515245 + 12345) & 0x7fffffff
    a.append(x >> 8)
    b.append((x >> 4) & 0xff)
    c.append((x >> 12) & 3)
    pairs.append((x >> 16, i))
    text.append('é' if x & 0x700 == 0 else chr(97 + (x >> 8) % 26))
text = ''.join(text)
raw = text.encode()

def fold(k):
    factor, h = k | 31, 1
    for v in a: h = ((h * factor) & 0xffffffff) ^ v
    return h

def take_while(k):
    from itertools import islice, takewhile
    return sum(takewhile(lambda v: v != 0xffffffff, islice(a, k & 7, None)))

def partition(k):
    even, odd = [], []
    for v in a: (odd if v & 1 else even).append(v)
    return len(even) * 3 + len(odd) + k

def groups(k):
    from itertools import groupby
    return sum(len(list(g)) ** 2 * v for v, g in groupby(c)) + k

def scan(k):
    from itertools import accumulate
    return sum(s + k for s in accumulate(b))

run = {
    'map_filter_sum': lambda k: sum(v for v in (i * 3 + k for i in range(N)) if v % 5 != 0),
    'zip': lambda k: sum(p * q + k for p, q in zip(a, b)),
    'windows': lambda k: sum(1 for p, q in zip(a, a[1:]) if p < q) + k,
    'chunks': lambda k: max(sum(b[i:i + 4]) for i in range(0, N, 4)) + k,
    'enumerate': lambda k: sum(i * v + k for i, v in enumerate(a)),
    'flat_map': lambda k: sum(v ^ y for v in b for y in range(8)) + k,
    'fold': fold,
    'bytes': lambda k: sum(1 for c in raw if c == 101) + k,
    'chars': lambda k: sum(ord(c) for c in text) + k,
    'sort_by': lambda k: sorted(pairs, key=lambda p: (p[0], p[1]))[N // 2][1] + k,
    'take_while': take_while,
    'rev_step_by': lambda k: sum(a[i] + k for i in range(N - 1, -1, -3)),
    'zip_three': lambda k: sum((p ^ q ^ r) + k for p, q, r in zip(a, b, c)),
    'two_in_turn': lambda k: sum(v for w in (a, b) for v in w) + k,
    'flat_for': lambda k: sum(v ^ y for v in b for y in range(8)) + k,
    'groups': groups,
    'inclusive': lambda k: sum(v ^ k for v in range(1, N + 1)),
    'partition': partition,
    'scan': scan,
    'chars_rev': lambda k: sum(ord(c) for c in reversed(text)) + k,
}[sys.argv[1]]
total = 0
for k in range(int(sys.argv[2])): total += run(k)
print(total & 0xffffffffffffffff)
