/* Twin of samples/bench/sieve.altru. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  size_t n = argc > 1 ? (size_t)atol(argv[1]) : 2000000;
  unsigned char *flags = malloc(n + 1);
  if (!flags) return 1;
  for (size_t i = 0; i <= n; i++) flags[i] = 1;
  for (size_t i = 2; i * i <= n; i++)
    if (flags[i] == 1)
      for (size_t j = i * i; j <= n; j += i) flags[j] = 0;
  unsigned count = 0;
  for (size_t k = 2; k <= n; k++) if (flags[k] == 1) count++;
  free(flags);
  printf("%u primes up to %zu\n", count, n);
  return 0;
}
