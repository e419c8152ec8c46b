/* Twin of samples/bench/binary_trees.altru. */
#include <stdio.h>
#include <stdlib.h>

struct tree { struct tree *left, *right; };

static struct tree *make(unsigned depth) {
  struct tree *t = malloc(sizeof *t);
  t->left = depth ? make(depth - 1) : NULL;
  t->right = depth ? make(depth - 1) : NULL;
  return t;
}

static unsigned check(const struct tree *t) { return t->left ? 1 + check(t->left) + check(t->right) : 1; }

static void drop(struct tree *t) {
  if (t->left) { drop(t->left); drop(t->right); }
  free(t);
}

int main(int argc, char **argv) {
  unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 10, least = 4, most = least + 2 > n ? least + 2 : n;
  struct tree *stretch = make(most + 1);
  printf("stretch tree of depth %u\t check: %u\n", most + 1, check(stretch));
  drop(stretch);
  struct tree *lasting = make(most);
  for (unsigned depth = least; depth <= most; depth += 2) {
    unsigned rounds = 1u << (most - depth + least), sum = 0;
    for (unsigned i = 0; i < rounds; i++) { struct tree *t = make(depth); sum += check(t); drop(t); }
    printf("%u\t trees of depth %u\t check: %u\n", rounds, depth, sum);
  }
  printf("long lived tree of depth %u\t check: %u\n", most, check(lasting));
  drop(lasting);
  return 0;
}
