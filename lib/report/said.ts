/**
 * Labels, notes, titles of fixes and fragments of messages in Chinese. Passes say them in English where they find a problem; here they are looked up,
 * pieces of code left as they are. In: a text. Out: the same in Chinese; what nobody translated stays English (`spec/unit/chinese.spec.ts` finds it).
 * Each text stands beside its translation in `said/`. Cost: a look into a table; a few hundred patterns for texts with words of their own in them.
 */
import { fixes } from './said/fixes.ts';
import { labels } from './said/labels.ts';
import { notes } from './said/notes.ts';
import { words } from './said/words.ts';

interface Pattern {
  readonly matches: RegExp;
  readonly holes: readonly string[];
  readonly zh: string;
}

const exact = new Map<string, string>();
const patterns: Pattern[] = [];
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

for (const [en, zh] of [...notes, ...labels, ...fixes, ...words]) {
  const holes = [...en.matchAll(/\{(\w)\}/g)].map(found => found[1] ?? '');
  if (holes.length === 0) exact.set(en, zh);
  else patterns.push({ matches: new RegExp(`^${en.split(/\{\w\}/).map(escape).join('(.+?)')}$`), holes, zh });
}
// What says most of itself first: `{a} or {b}` fits nearly everything.
const own = ({ matches, holes }: Pattern): number => matches.source.length - holes.length * 5;
patterns.sort((a, b) => own(b) - own(a));

export function inChinese(text: string): string {
  const codes: string[] = [];
  const plain = text.replace(/`[^`]*`/g, code => `\`${codes.push(code)}\``);
  const whole = (part: string): string => part.replace(/`(\d+)`/g, (found, n: string) => codes[Number(n) - 1] ?? found);
  const found = exact.get(plain);
  if (found !== undefined) return whole(found);
  for (const { matches, holes, zh } of patterns) {
    const parts = matches.exec(plain);
    if (parts === null) continue;
    const values = new Map(holes.map((hole, i) => [hole, inChinese(whole(parts[i + 1] ?? ''))]));
    // Codes of the translated parts are back already; what is left are numbers of the template's own.
    return zh.replace(/`(\d+)`|\{(\w)\}/g, (piece, n: string | undefined, hole: string | undefined) => (n !== undefined ? (codes[Number(n) - 1] ?? piece) : (values.get(hole ?? '') ?? piece)));
  }
  return text;
}
