/**
 * The system allocator against glibc's malloc: churn of 1 … 512 bytes over 1,000 slots and bursts of 64 blocks of 24 bytes, interleaved
 * in one run; prints nanoseconds for a pair of alloc and free and the ratio of the medians. Needs gcc.
 * `node --import tsx spec/bench/allocator.ts`
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHeap, regionFor } from '../../vm/memory/heap.ts';
import type { Heap } from '../../vm/memory/heap.ts';
import { createSpace } from '../../vm/memory/space.ts';

const ROUNDS = 9;
const STEPS = 4_000_000;

const C = `
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e9 + t.tv_nsec; }
int main(int argc, char **argv) {
  int steps = atoi(argv[1]);
  static void *slots[1000];
  unsigned x = 42; double t = now();
  for (int i = 0; i < steps; i++) {
    x = x * 1103515245u + 12345u; unsigned j = (x >> 8) % 1000;
    if (slots[j]) { free(slots[j]); slots[j] = 0; } else { char *p = malloc(1 + (x >> 10) % 512); *p = 1; slots[j] = p; }
  }
  double churn = (now() - t) / (steps / 2);
  t = now();
  for (int i = 0; i < steps / 128; i++) {
    for (int k = 0; k < 64; k++) { char *p = malloc(24); *p = 1; slots[k] = p; }
    for (int k = 0; k < 64; k++) free(slots[k]);
  }
  printf("%f %f\\n", churn, (now() - t) / (steps / 2));
}`;

function ours(heap: Heap): [number, number] {
  const slots = new Int32Array(1000);
  heap.free(heap.alloc(1, 16, 1, 0), 1, 0); // the first growth replaces the views
  const u8 = heap.space.u8;
  let x = 42;
  let start = performance.now();
  for (let i = 0; i < STEPS; i++) {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    const j = (x >>> 8) % 1000;
    const held = slots[j] as number;
    if (held !== 0) {
      heap.free(held, 1, 0);
      slots[j] = 0;
    } else {
      const p = heap.alloc(1 + ((x >>> 10) % 512), 16, 1, 0);
      u8[p] = 1;
      slots[j] = p;
    }
  }
  const churn = ((performance.now() - start) * 1e6) / (STEPS / 2);
  for (let j = 0; j < 1000; j++) heap.free(slots[j] as number, 1, 0);
  start = performance.now();
  for (let i = 0; i < STEPS / 128; i++) {
    for (let k = 0; k < 64; k++) {
      const p = heap.alloc(24, 16, 1, 0);
      u8[p] = 1;
      slots[k] = p;
    }
    for (let k = 0; k < 64; k++) heap.free(slots[k] as number, 1, 0);
  }
  return [churn, ((performance.now() - start) * 1e6) / (STEPS / 2)];
}

const folder = mkdtempSync(join(tmpdir(), 'altru-bench-'));
writeFileSync(join(folder, 'churn.c'), C);
execFileSync('gcc', ['-O2', '-fno-builtin-malloc', '-o', join(folder, 'churn'), join(folder, 'churn.c')]);

const median = (of: number[]): number => of.sort((a, b) => a - b)[of.length >> 1] as number;
const times: Record<string, [number[], number[]]> = {};
const record = (name: string, [churn, burst]: readonly number[]): void => {
  const row = (times[name] ??= [[], []]);
  row[0].push(churn as number);
  row[1].push(burst as number);
};
// One allocator a process, as in a run of a program: `allocator.ts buddy` or `slab+sanitizer`.
const name = process.argv[2] ?? 'slab';
const [allocator, mode] = name.split('+');
const sanitize = mode === 'sanitizer';
const space = createSpace({ heap: regionFor(64 << 20, sanitize), shadow: sanitize, growth: { kind: 'fixed' } });
const heap = createHeap(space, { allocator: allocator as 'slab', sanitize });
for (let round = 0; round < ROUNDS; round++) {
  record('glibc', execFileSync(join(folder, 'churn'), [String(STEPS)]).toString().trim().split(' ').map(Number));
  record(name, ours(heap));
}
const base = (times['glibc'] as [number[], number[]]).map(median);
for (const [name, rows] of Object.entries(times)) {
  const [churn, burst] = rows.map(median) as [number, number];
  const ratio = (ns: number, i: number): string => `${ns.toFixed(1)} ns (${(ns / (base[i] as number)).toFixed(2)} of glibc)`;
  console.log(`${name.padEnd(16)} churn ${ratio(churn, 0)}   bursts ${ratio(burst, 1)}`);
}
