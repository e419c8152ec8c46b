/**
 * `npm run bench`, second half: parsing and checking from 1,000 to 32,000 lines, and the factor for each doubling. In: a program of
 * ordinary functions, structs, traits and generics, written out as often as needed. Out: milliseconds, lines a second, factors, time of each pass;
 * added to `bench.json`. The library is opened once, before the clock runs.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLibrary } from '../../bin/world/library.ts';
import { checkProgram, hasErrors, Sources } from '../../lib/index.ts';

const top = join(import.meta.dirname, '../..');

/** Twenty-five lines that use a bit of everything; `n` keeps names apart. */
const piece = (n: number): string => `
@derive(Clone, Debug, PartialEq)
struct Item${n}:
    name: String
    count: u32

    fn new(name: &str) -> Item${n}: Item${n} { name: name.to_string(), count: ${n} }

trait Weighs${n}:
    fn weight(&self) -> f64
    fn heavy(&self) -> bool: self.weight() > 10.0

impl Weighs${n} for Item${n}:
    fn weight(&self) -> f64: self.count as f64 * 1.5

fn largest${n}[T: PartialOrd + Copy](items: &[T]) -> Option[T]:
    let mut best = *items.first()?
    for item in items:
        if *item > best: best = *item
    Some(best)

fn work${n}(limit: u32) -> u32:
    let items: Vec[Item${n}] = (0..limit).map(fn(i): Item${n} { name: format("n{i}"), count: i }).collect()
    let total: u32 = items.iter().filter(fn(x): x.heavy()).map(fn(x): x.count).sum()
    total + largest${n}(&[1, 2, 3]).unwrap_or(0)
`;

interface Row {
  lines: number;
  milliseconds: number;
  factor: number | null;
  passes: Record<string, number>;
}
const results: Row[] = [];
/** The most lines to try, from the command line. */
const most = Number(process.argv[2] ?? 32000);
const sources = new Sources();
const library = openLibrary(sources, undefined);
let before: number | null = null;
for (const lines of [1000, 1000, 2000, 4000, 8000, 16000, 32000].filter(n => n <= most)) {
  const pieces = Math.ceil(lines / 25);
  const text = `${Array.from({ length: pieces }, (_, n) => piece(n)).join('')}\nfn main(): println("{}", work0(3))\n`;
  const root = sources.add(`generated-${lines}.altru`, text);
  const passes = new Map<string, number>();
  const start = performance.now();
  let last = start;
  const checked = checkProgram({
    sources, root, library, load: () => null,
    ended(pass) {
      const now = performance.now();
      passes.set(pass, (passes.get(pass) ?? 0) + now - last);
      last = now;
    },
  });
  const milliseconds = performance.now() - start;
  if (hasErrors(checked.problems)) throw new Error(`the generated program has errors: ${checked.problems[0]?.code}`);
  const count = text.split('\n').length;
  // The first round warms the engine up and is not counted.
  if (before !== null || results.length > 0) results.push({ lines: count, milliseconds, factor: results.length === 0 ? null : milliseconds / (before ?? milliseconds), passes: Object.fromEntries(passes) });
  before = milliseconds;
  console.log(`${String(count).padStart(6)} lines: ${milliseconds.toFixed(0).padStart(6)} ms, ${(count / milliseconds * 1000).toFixed(0).padStart(6)} lines a second${results.length > 1 ? `, ${(results.at(-1)?.factor ?? 0).toFixed(2)} times for twice as many` : ''}`);
  console.log(`        ${[...passes].map(([pass, time]) => `${pass} ${time.toFixed(0)}`).join(', ')}`);
}
const path = join(top, 'bench.json');
const old: unknown = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
writeFileSync(path, `${JSON.stringify({ ...(typeof old === 'object' ? old : {}), checking: results }, null, 1)}\n`);
