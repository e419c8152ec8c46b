/**
 * What the visualizer says, in English and Chinese. In: a language, an English sentence with its holes (`{0}`, `{1}`), and what stands in them. Out: the sentence. The English
 * stands where it is said; `chinese.ts` has the other, and a spec holds the two against each other. What has no Chinese is said in English.
 */
import { type FileId, type Language, messageOf, problem, recordOf } from '../../lib/index.ts';
import type { Picture } from '../../vm/index.ts';
import { chinese } from './chinese.ts';

export function say(language: Language, english: string, ...values: readonly (string | number)[]): string {
  const text = language === 'zh' ? (chinese[english] ?? english) : english;
  return values.length === 0 ? text : text.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)] ?? ''));
}

/** Why the run stopped; a panic says what the program said. */
export function stopMessage(language: Language, { stop }: Picture): string {
  if (stop === null) return '';
  if (stop.kind === 'panic' || recordOf(stop.code) === undefined) return stop.message;
  return messageOf(problem(stop.code, { file: 0 as FileId, start: 0, end: 0 }), language);
}

/** What the time line says of a stop that it cannot keep: its piece of code stays as it is. */
export function wrongPoint(language: Language, english: string): string {
  const code = /`([^`]*)`/.exec(english)?.[1];
  if (code !== undefined) return say(language, english.replace(`\`${code}\``, '`{0}`'), code);
  const line = /\d+$/.exec(english)?.[0];
  return line === undefined ? say(language, english) : say(language, english.replace(line, '{0}'), line);
}
