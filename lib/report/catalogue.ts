/**
 * The catalogue: every problem that Altru can report, one record each, in one list. Each phase's records stand in a file of
 * their own. In: nothing. Out: records by code, and a problem's words in a language.
 */
import { accesses } from './catalogue/accesses.ts';
import { machine } from './catalogue/machine.ts';
import { memory } from './catalogue/memory.ts';
import { names } from './catalogue/names.ts';
import { ownership } from './catalogue/ownership.ts';
import { syntax } from './catalogue/syntax.ts';
import { types } from './catalogue/typing.ts';
import { world } from './catalogue/world.ts';
import type { Problem } from './problem.ts';
import type { Record } from './record.ts';
import { inChinese } from './said.ts';

export type { Record, Wording } from './record.ts';

export type Language = 'en' | 'zh';

export const catalogue: readonly Record[] = [...syntax, ...names, ...types, ...ownership, ...memory, ...machine, ...accesses, ...world];

const byCode = new Map(catalogue.map(record => [record.code, record]));

export function recordOf(code: string): Record | undefined {
  return byCode.get(code.toUpperCase());
}

/** Puts fragments into a template: `{name}` becomes the fragment `name`; a brace that names none stays. */
export function fill(template: string, fragments: Readonly<{ [name: string]: string }>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => fragments[name] ?? whole);
}

/** The problem's one line. A code without a record (our own bug, a spec finds it) shows its fragments. */
export function messageOf(problem: Problem, language: Language): string {
  const record = byCode.get(problem.code);
  const special = problem.with['message'];
  if (record === undefined) return special ?? (Object.values(problem.with).join(' ') || problem.code);
  if (language === 'en') return fill(record.message.en, problem.with);
  // In backquotes stand names and code; other fragments are words.
  return record.message.zh.replace(/`[^`]*`|\{\w+\}/g, piece => (piece.startsWith('`') ? fill(piece, problem.with) : inChinese(fill(piece, problem.with))));
}
