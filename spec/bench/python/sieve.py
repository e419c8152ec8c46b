import sys
def main(n):
    flags = bytearray(n + 1)
    for i in range(n + 1): flags[i] = 1
    i = 2
    while i * i <= n:
        if flags[i] == 1:
            j = i * i
            while j <= n:
                flags[j] = 0
                j += i
        i += 1
    count = 0
    for k in range(2, n + 1):
        if flags[k] == 1: count += 1
    print(f"{count} primes up to {n}")
main(int(sys.argv[1]))
