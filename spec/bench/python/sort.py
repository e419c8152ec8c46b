import sys
x = 42; v = []
def main():
    global x
    for _ in range(int(sys.argv[1])):
        x = (x * 1103515245 + 12345) & 0x7fffffff
        v.append(x)
    v.sort()
    c = 0
    for n in v: c = (c * 31 + n) & 0xffffffffffffffff
    print(v[0], v[-1], c)
main()
