/** The tours of the samples: each has `## watch:` stops, and a run comes to every one of them. */
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { watchStops } from '../../bin/tui/tour.ts';
import { openTimeline } from '../../vm/watch/session.ts';
import { compiled } from '../compiled.ts';
import { suite } from '../suite.ts';

const test = suite('tours');
const samples = join(import.meta.dirname, '../../samples');
const MOST = 20_000_000;

/** The wanted lines to which a run does not come. */
function missed(file: string, text: string, wanted: readonly number[]): readonly number[] {
  const given = join(import.meta.dirname, '../samples', `${basename(file, '.altru')}.in`);
  const timeline = openTimeline(compiled(file, text), existsSync(given) ? { input: readFileSync(given) } : {});
  const open = new Map<number, number>();
  for (const line of wanted) {
    const made = timeline.breakAt({ line });
    assert.ok('number' in made, `line ${line}`);
    open.set(made.number, line);
  }
  while (open.size > 0) {
    const stand = timeline.resume({ patience: MOST });
    if (stand.met === null) break;
    timeline.forget(stand.met);
    open.delete(stand.met);
  }
  return [...open.values()];
}

for (const folder of ['.', 'watch']) {
  for (const name of readdirSync(join(samples, folder)).filter(each => each.endsWith('.altru')).sort()) {
    test(`a run of ${join(folder, name)} comes to all its stops`, () => {
      const text = readFileSync(join(samples, folder, name), 'utf8');
      const stops = watchStops(text.split('\n')).map(stop => stop.line);
      assert.ok(stops.length >= 2, `only ${stops.length} stops`);
      assert.equal(missed(name, text, stops), [], 'lines to which no run comes');
    });
  }
}
