import sys
def main():
    x = 42; m = {}
    for _ in range(int(sys.argv[1])):
        x = (x * 1103515245 + 12345) & 0x7fffffff
        k = x % 65536
        m[k] = m.get(k, 0) + 1
    print(len(m), max(m.values()))
main()
