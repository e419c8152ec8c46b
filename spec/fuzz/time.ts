/**
 * `npm run fuzz:time -- [programs] [steps] [part] [parts]`: forward n, back n is the same state at every step, for programs of the suite. In: how many programs (200), how many
 * steps of each (2,000: longer runs are looked at in their first ones), and which part of the work to do. Out: a line a program with `steps looked at of all`; exit 1 when one
 * differs. Programs of fewer than five steps do not count.
 */
import { tryCompiled } from '../compiled.ts';
import { bothWays, timeCases } from '../both-ways.ts';

const [programs = 200, steps = 2000, part = 0, parts = 1] = process.argv.slice(2).map(Number);
const cases = timeCases();
const LEAST = 5;
/** Not in the order of their names: all topics come first. */
const stride = 37;
const order = Array.from({ length: stride }, (_, from) => cases.filter((_, i) => i % stride === from)).flat();
let looked = 0;
let done = 0;
let failed = 0;
for (const [i, one] of order.entries()) {
  if (done + failed >= programs / parts) break;
  const program = i % parts === part ? tryCompiled(one.file, one.text) : null;
  if (program === null) continue;
  try {
    const seen = bothWays(one.name, program, steps);
    if (seen === null || seen.total < LEAST) continue;
    looked += seen.looked;
    done++;
    console.log(`${String(done).padStart(4)} ${one.name}: ${seen.looked} of ${seen.total} steps`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${one.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${done} programs, ${looked} steps forwards and back, ${failed} failed`);
process.exit(failed === 0 && done > 0 ? 0 : 1);
