/* Twin of samples/bench/hash_map.altru: open addressing that grows. */
#include <stdio.h>
#include <stdlib.h>

struct entry { unsigned key, count; };
static struct entry *table;
static size_t room = 0, used = 0;

static struct entry *find(unsigned key) {
  for (size_t at = (key * 0x9E3779B97F4A7C15ull >> 32) & (room - 1);; at = (at + 1) & (room - 1))
    if (table[at].count == 0 || table[at].key == key) return &table[at];
}

static void grow(void) {
  struct entry *old = table;
  size_t before = room;
  room = room ? room * 2 : 8;
  table = calloc(room, sizeof *table);
  for (size_t i = 0; i < before; i++) if (old[i].count) *find(old[i].key) = old[i];
  free(old);
}

int main(int argc, char **argv) {
  unsigned n = argc > 1 ? (unsigned)atol(argv[1]) : 200000, x = 42, most = 0;
  for (unsigned i = 0; i < n; i++) {
    x = (x * 1103515245u + 12345u) & 0x7fffffff;
    if ((used + 1) * 4 > room * 3) grow();
    struct entry *e = find(x % 65536);
    if (e->count == 0) { e->key = x % 65536; used++; }
    e->count++;
  }
  for (size_t i = 0; i < room; i++) if (table[i].count > most) most = table[i].count;
  printf("%zu distinct keys, maximum count %u\n", used, most);
  free(table);
  return 0;
}
