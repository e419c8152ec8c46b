/* Twin of samples/bench/spectral_norm.altru. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double a(size_t i, size_t j) { return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(const double *v, double *out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += a(i, j) * v[j];
    out[i] = sum;
  }
}

static void times_transposed(const double *v, double *out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += a(j, i) * v[j];
    out[i] = sum;
  }
}

int main(int argc, char **argv) {
  size_t n = argc > 1 ? (size_t)atol(argv[1]) : 100;
  double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *t = malloc(n * sizeof *t);
  for (size_t i = 0; i < n; i++) u[i] = 1;
  for (int k = 0; k < 10; k++) {
    times(u, t, n);
    times_transposed(t, v, n);
    times(v, t, n);
    times_transposed(t, u, n);
  }
  double vbv = 0, vv = 0;
  for (size_t i = 0; i < n; i++) { vbv += u[i] * v[i]; vv += v[i] * v[i]; }
  printf("%.9f\n", sqrt(vbv / vv));
  free(u); free(v); free(t);
  return 0;
}
