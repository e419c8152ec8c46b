/**
 * What the heap did over the run, for time lines and sparklines. In: births and deaths as they happen for the first time. Out: parts of equal length
 * with counts, the most and the last bytes held. Cost: a fixed number of buckets, whose width doubles as the run gets longer.
 */
import { listen } from '../run/events.ts';
import type { Machine } from '../run/machine.ts';
import type { Activity } from './timeline.ts';

const BUCKETS = 2048;

interface Bucket {
  births: number;
  deaths: number;
  most: number;
  last: number;
}

export function createActivity(m: Machine, count: () => number): { parts(parts: number, seen: number): Activity[] } {
  let width = 1;
  let buckets: (Bucket | undefined)[] = [];
  /** The heap's clock at the latest event that was counted: doing a stretch again counts nothing. */
  let clock = m.heap.statistics.clock();

  function note(born: boolean): void {
    const now = m.heap.statistics.clock();
    if (now <= clock) return;
    clock = now;
    let at = Math.floor(count() / width);
    while (at >= BUCKETS) {
      const halved: (Bucket | undefined)[] = [];
      for (let i = 0; i < buckets.length; i += 2) {
        const [one, other] = [buckets[i], buckets[i + 1]];
        halved.push(one === undefined ? other : other === undefined ? one : { births: one.births + other.births, deaths: one.deaths + other.deaths, most: Math.max(one.most, other.most), last: other.last });
      }
      buckets = halved;
      width *= 2;
      at = Math.floor(count() / width);
    }
    const current = m.heap.statistics.current();
    const bucket = (buckets[at] ??= { births: 0, deaths: 0, most: 0, last: 0 });
    if (born) bucket.births++;
    else bucket.deaths++;
    bucket.most = Math.max(bucket.most, current);
    bucket.last = current;
  }
  listen(m, 'alloc', () => note(true));
  listen(m, 'free', () => note(false));

  return {
    parts(parts, seen) {
      const out: Activity[] = [];
      let last = 0;
      const step = Math.max(1, seen) / Math.max(1, parts);
      for (let i = 0; i < parts; i++) {
        const from = Math.floor(i * step);
        const to = i === parts - 1 ? Math.max(from, seen) : Math.floor((i + 1) * step);
        const sum = { from, to, births: 0, deaths: 0, most: last, last };
        for (let at = Math.ceil(from / width); at * width < to || (i === parts - 1 && at < buckets.length); at++) {
          const bucket = buckets[at];
          if (bucket === undefined) continue;
          sum.births += bucket.births;
          sum.deaths += bucket.deaths;
          sum.most = Math.max(sum.most, bucket.most);
          sum.last = bucket.last;
        }
        last = sum.last;
        out.push(sum);
      }
      return out;
    },
  };
}
