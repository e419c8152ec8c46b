import sys
x = 42; chk = 0; allocations = frees = 0
def main(rounds):
    global x, chk, allocations, frees
    slots = [None] * 1000
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7fffffff
        j = x % 1000
        if slots[j] is not None:
            chk = (chk * 31 + len(slots[j])) % 1000000007
            slots[j] = None; frees += 1
        else:
            slots[j] = bytearray(1 + (x >> 10) % 512); allocations += 1
    print(allocations, frees, chk)
main(int(sys.argv[1]))
