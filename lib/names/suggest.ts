/**
 * Did you mean: the nearest of some names. In: a name and candidates. Out: the best, or null when none is near.
 * Distance is Damerau–Levenshtein's; a third of the name's length is near, as in rustc. A different case is always near.
 */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const limit = Math.max(name.length, 3) / 3;
  let best: string | null = null;
  let bestDistance = Infinity;
  const lower = name.toLowerCase();
  for (const candidate of candidates) {
    if (candidate === name || candidate === '_') continue;
    if (Math.abs(candidate.length - name.length) > limit && candidate.toLowerCase() !== lower) continue;
    const distance = candidate.toLowerCase() === lower ? 0 : editDistance(name, candidate);
    // One letter is near to every other: nothing to go by.
    if (distance < bestDistance && distance <= limit && distance < name.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** What to say of names that the language has and this version has not: null for all others. */
export function unbuilt(module: string, name: string): string | null {
  const threads = module === 'std::thread' && /^(spawn|scope|Builder|JoinHandle|Scope|ScopedJoinHandle|Thread|ThreadId|current|park|park_timeout|available_parallelism)$/.test(name);
  return threads ? 'threads are not built yet: a program runs on one thread; call the function where you would spawn it' : null;
}

function editDistance(a: string, b: string): number {
  const at = (row: readonly number[], i: number): number => row[i] ?? 0;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, at(before, j - 2) + 1);
      row.push(d);
    }
    before = previous;
    previous = row;
  }
  return at(previous, b.length);
}
