/* Twin of samples/bench/sort.altru: a stable merge sort, as there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void merge_sort(unsigned *v, unsigned *spare, size_t n) {
  if (n < 2) return;
  size_t half = n / 2;
  merge_sort(v, spare, half);
  merge_sort(v + half, spare, n - half);
  memcpy(spare, v, half * sizeof *v);
  size_t i = 0, j = half, k = 0;
  while (i < half && j < n) v[k++] = spare[i] <= v[j] ? spare[i++] : v[j++];
  while (i < half) v[k++] = spare[i++];
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? (size_t)atol(argv[1]) : 100000;
  unsigned x = 42, *v = malloc(n * sizeof *v), *spare = malloc(n * sizeof *v);
  for (size_t i = 0; i < n; i++) v[i] = x = (x * 1103515245u + 12345u) & 0x7fffffff;
  merge_sort(v, spare, n);
  unsigned long long c = 0;
  for (size_t i = 0; i < n; i++) c = c * 31 + v[i];
  printf("first %u, last %u, rolling %llu\n", v[0], v[n - 1], c);
  free(v); free(spare);
  return 0;
}
