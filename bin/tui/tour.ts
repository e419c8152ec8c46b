/** The stops of a program's tour: its `## watch:` comments. In: lines. Out: where each stops and what it says. */
import type { WatchStop } from './view.ts';

/** Where a `## watch:` comment stops: the first line of code after it. */
export function watchStops(lines: readonly string[]): WatchStop[] {
  return lines.flatMap((line, at): WatchStop[] => {
    const text = /^\s*##\s*watch:\s*(.*)$/.exec(line)?.[1];
    if (text === undefined) return [];
    for (let next = at + 1; next < lines.length; next++) if (!/^\s*(#.*)?$/.test(lines[next] ?? '')) return [{ line: next + 1, text }];
    return [];
  });
}
