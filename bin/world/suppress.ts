/**
 * Suppressions: findings that are known and shall not be told. In: what stands after `--suppress`: `R4004`, `R4004:name`, or a file with a line for each, `R4004 name`;
 * `*` in a code or a name is any letters; `#` begins a comment. Out: rules, or a sentence that says what is wrong.
 * A name is that of the user's innermost function where it was found, for leaks (R4040) of the one that allocated.
 */
import { readFileSync } from 'node:fs';
import { recordOf } from '../../lib/index.ts';

export interface Suppression {
  /** As it is told: `R4004:name`. */
  readonly text: string;
  matches(code: string, functionName: string): boolean;
}

export interface Suppressed {
  readonly suppression: string;
  readonly count: number;
}

const CODE = /^R[\d*]*$/i;

export function readSuppressions(given: readonly string[]): readonly Suppression[] | { readonly wrong: string } {
  const rules: Suppression[] = [];
  for (const each of given) {
    const [code = '', ...name] = each.split(':');
    if (CODE.test(code) || code === '*') {
      const rule = ruleOf(code, name.join(':'));
      if (rule === null) return { wrong: `no problem '${code}' ('altru explain all' lists them)` };
      rules.push(rule);
      continue;
    }
    let text: string;
    try {
      text = readFileSync(each, 'utf8');
    } catch {
      return { wrong: `'--suppress' takes a code such as R4004:name, or a file of them, not '${each}'` };
    }
    for (const [i, line] of text.split(/\r?\n/).entries()) {
      const words = line.replace(/#.*/, '').trim();
      if (words === '') continue;
      const [, first = '', second = ''] = /^(\S+?)(?:[\s:]\s*(\S.*))?$/.exec(words) ?? [];
      const rule = CODE.test(first) || first === '*' ? ruleOf(first, second) : null;
      if (rule === null) return { wrong: `line ${i + 1} of '${each}' is no suppression: a code such as R4004, and the name of a function` };
      rules.push(rule);
    }
  }
  return rules;
}

function ruleOf(code: string, name: string): Suppression | null {
  if (!code.includes('*') && recordOf(code)?.severity !== 'report') return null;
  const fits = glob(code.toUpperCase());
  const named = name.trim() === '' ? null : glob(name.trim());
  return { text: named === null ? code : `${code}:${name.trim()}`, matches: (found, functionName) => fits.test(found) && (named === null || named.test(functionName)) };
}

const glob = (text: string): RegExp => new RegExp(`^${text.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
