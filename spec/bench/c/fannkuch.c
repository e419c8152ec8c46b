/* Twin of samples/bench/fannkuch.altru. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  size_t n = argc > 1 ? (size_t)atol(argv[1]) : 7;
  size_t *perm1 = malloc(n * sizeof *perm1), *perm = calloc(n, sizeof *perm), *count = calloc(n, sizeof *count);
  for (size_t i = 0; i < n; i++) perm1[i] = i;
  int most = 0, checksum = 0, nperm = 0;
  size_t r = n;
  for (;;) {
    for (; r != 1; r--) count[r - 1] = r;
    for (size_t i = 0; i < n; i++) perm[i] = perm1[i];
    int flips = 0;
    for (size_t k = perm[0]; k != 0; k = perm[0]) {
      for (size_t i = 0, j = k; i < j; i++, j--) { size_t t = perm[i]; perm[i] = perm[j]; perm[j] = t; }
      flips++;
    }
    if (flips > most) most = flips;
    checksum += nperm % 2 == 0 ? flips : -flips;
    for (;;) {
      if (r == n) {
        printf("%d\nPfannkuchen(%zu) = %d\n", checksum, n, most);
        free(perm1); free(perm); free(count);
        return 0;
      }
      size_t first = perm1[0];
      for (size_t i = 0; i < r; i++) perm1[i] = perm1[i + 1];
      perm1[r] = first;
      if (--count[r] > 0) break;
      r++;
    }
    nperm++;
  }
}
