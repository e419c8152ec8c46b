import sys
def fannkuch(n):
    perm1 = list(range(n)); perm = [0] * n; count = [0] * n
    max_flips = 0; checksum = 0; nperm = 0; r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        for i in range(n): perm[i] = perm1[i]
        flips = 0
        while True:
            k = perm[0]
            if k == 0: break
            i = 0; j = k
            while i < j:
                t = perm[i]; perm[i] = perm[j]; perm[j] = t
                i += 1; j -= 1
            flips += 1
        if flips > max_flips: max_flips = flips
        if nperm % 2 == 0: checksum += flips
        else: checksum -= flips
        while True:
            if r == n: return checksum, max_flips
            first = perm1[0]
            for i in range(r): perm1[i] = perm1[i + 1]
            perm1[r] = first
            count[r] -= 1
            if count[r] > 0: break
            r += 1
        nperm += 1
n = int(sys.argv[1])
c, m = fannkuch(n)
print(f"{c}\nPfannkuchen({n}) = {m}")
