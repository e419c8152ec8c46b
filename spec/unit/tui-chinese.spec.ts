/** The visualizer speaks Chinese under `--lang zh`: every sentence that it says has its Chinese, with the same holes, and no Chinese stands for what nobody says. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { chinese } from '../../bin/tui/chinese.ts';
import { helpRows, keyHelp } from '../../bin/tui/help.ts';
import { say } from '../../bin/tui/words.ts';
import { suite } from '../suite.ts';

const test = suite('visualizer in Chinese');
const root = join(import.meta.dirname, '../..');
const read = (folder: string): string => readdirSync(join(root, folder), { withFileTypes: true }).filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && entry.name !== 'chinese.ts').map(entry => readFileSync(join(root, folder, entry.name), 'utf8')).join('\n');
const faces = `${read('bin/tui')}\n${read('bin/tui/panes')}`;
const strings = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g;
const textsOf = (source: string): string[] => [...source.matchAll(strings)].map(match => match[1] ?? match[2] ?? '');

test('what is said has its Chinese', () => {
  const said: string[] = [];
  // The sentence is the first argument, or the second after a language; a choice between two stands in it whole.
  for (const match of faces.matchAll(/(?:\bsay\((?:language|view\.language|session\.view\.language|this\.#options\.language), |\bword\(|this\.#say\()/g)) {
    const from = match.index + match[0].length;
    let depth = 1;
    let at = from;
    for (; at < faces.length && depth > 0; at++) {
      const c = faces[at];
      if (c === "'" || c === '"') at = faces.indexOf(c, at + 1);
      else if (c === '(' || c === '[' || c === '{') depth++;
      else if (c === ')' || c === ']' || c === '}') depth--;
      else if (c === ',' && depth === 1) break;
    }
    const argument = faces.slice(from, at);
    // What is compared is no sentence.
    said.push(...textsOf(argument.replace(/[=!]== '[^']*'/g, '').replace(/\w+\.get\([^)]*\)/g, '')));
  }
  said.push(...keyHelp.flatMap(([group, keys]) => [group, ...keys.map(key => key.what)]));
  assert.ok(said.length > 150, `${said.length} sentences`);
  assert.equal([...new Set(said)].filter(text => /[A-Za-z]{2,}/.test(text) && chinese[text] === undefined), []);
});

test('Chinese stands only for what is said, and has the same holes', () => {
  const known = new Set(textsOf(`${faces}\n${read('vm/watch')}`));
  const timeline = read('vm/watch').replace(/\\`/g, '`');
  for (const [english, text] of Object.entries(chinese)) {
    const parts = english.split(/`?\{0\}`?/).filter(Boolean);
    assert.ok(known.has(english) || faces.includes(english) || parts.every(part => timeline.includes(part)), `nobody says '${english}'`);
    for (const hole of text.match(/\{\d\}/g) ?? []) assert.ok(english.includes(hole), `'${english}' has no ${hole}`);
    if (!english.startsWith('1 ')) for (const hole of english.match(/\{\d\}/g) ?? []) assert.ok(text.includes(hole), `the Chinese of '${english}' lost ${hole}`);
  }
});

test('holes are filled in their order, whatever it is', () => {
  assert.is(say('en', 'stops on line {0} when {1}', 3, 'n > 1'), 'stops on line 3 when n > 1');
  assert.is(say('zh', 'stops on line {0} when {1}', 3, 'n > 1'), '当 n > 1 时停在第 3 行');
  assert.is(say('zh', 'nobody has said this'), 'nobody has said this');
});

test('the help is Chinese, each line of it', () => {
  for (const row of helpRows(80, 60, 'zh')) assert.ok(/\p{Script=Han}/u.test(row.map(([text]) => text).join('')), JSON.stringify(row));
});

