/* Twin of samples/bench/alloc_churn.altru, without its statistics. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  unsigned rounds = argc > 1 ? (unsigned)atol(argv[1]) : 100000, x = 42, allocations = 0, frees = 0;
  static void *slots[1000];
  static size_t sizes[1000];
  unsigned long long chk = 0;
  for (unsigned i = 0; i < rounds; i++) {
    x = (x * 1103515245u + 12345u) & 0x7fffffff;
    unsigned j = x % 1000;
    if (slots[j]) {
      chk = (chk * 31 + sizes[j]) % 1000000007;
      free(slots[j]);
      slots[j] = NULL;
      frees++;
    } else {
      size_t size = 1 + (x >> 10) % 512;
      slots[j] = malloc(size);
      sizes[j] = size;
      allocations++;
    }
  }
  printf("%u allocations, %u frees, chk %llu\n", allocations, frees, chk);
  for (int j = 0; j < 1000; j++) free(slots[j]);
  return 0;
}
