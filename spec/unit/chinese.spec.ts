/**
 * No English sentence leaves under `--lang zh`: every message, label, note and title of a fix that the suite's programs and the catalogue's wrong
 * programs lead to has Chinese words outside of its pieces of code.
 */
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { catalogue, checkProgram, inChinese, messageOf } from '../../lib/index.ts';
import { fixes } from '../../lib/report/said/fixes.ts';
import { labels } from '../../lib/report/said/labels.ts';
import { notes } from '../../lib/report/said/notes.ts';
import { words } from '../../lib/report/said/words.ts';
import { collectCases } from '../program-cases.ts';
import { suite } from '../suite.ts';
import { newBase } from './repl-feeder.ts';

const claim = suite('Chinese');
const outside = (text: string): string => text.replace(/`[^`]*`/g, '');
/** Two or more words of English in a row: never one of the field's words that Chinese keeps. */
const isEnglish = (text: string): boolean => /[A-Za-z']{2,}[ ,:]+[A-Za-z']{2,}/.test(outside(text)) || (/[A-Za-z]{3,}/.test(outside(text)) && !/\p{Script=Han}/u.test(outside(text)));

claim('each text has one translation, whose codes and words are those of the text', () => {
  const seen = new Set<string>();
  for (const [en, zh] of [...fixes, ...labels, ...notes, ...words]) {
    assert.not(seen.has(en), `${en} stands twice`);
    seen.add(en);
    assert.ok(/\p{Script=Han}/u.test(zh) || !/[A-Za-z]{2,}/.test(outside(en).replace(/\{\w\}/g, '').replace(/\b(and|or)\b/g, '')), `${en}: ${zh}`);
    for (const hole of zh.match(/`\d+`|\{\w\}/g) ?? []) assert.ok(en.includes(hole), `${en}: ${hole} is not in the text`);
    assert.not(isEnglish(zh.replace(/\{\w\}/g, '')), `${en}: ${zh}`);
  }
});

claim('texts with codes and words in them are put together', () => {
  assert.is(inChinese('expected `a + b`, found `c`'), '期望 `a + b`，得到 `c`');
  assert.is(inChinese('cannot move out of here: it has type `Vec[i32]`, which is not `Copy`'), '不能从这里移出：它的类型是 `Vec[i32]`，不是 `Copy`');
  assert.is(inChinese('returning this value requires that an anonymous lifetime outlives \'static'), '返回这个值要求 匿名生命周期 活得比 \'static 久');
  assert.is(inChinese('nobody said this'), 'nobody said this');
});

claim('no problem of the suite speaks English', () => {
  const english = new Set<string>();
  let base = newBase();
  let said = 0;
  const look = (name: string, text: string): void => {
    const root = base.sources.add(name, text);
    for (const p of checkProgram({ ...base, root, load: () => null }).problems) {
      for (const each of [p.label ?? '', ...p.labels.map(l => l.text), ...p.notes, ...p.fixes.map(f => f.title)]) {
        said++;
        if (isEnglish(inChinese(each))) english.add(inChinese(each));
      }
      if (isEnglish(messageOf(p, 'zh'))) english.add(`${p.code}: ${messageOf(p, 'zh')}`);
    }
  };
  const rejected = collectCases(join(import.meta.dirname, '..')).filter(c => c.promised.errors.length > 0 || c.name.startsWith('programs/warnings'));
  rejected.forEach((c, i) => {
    if (i % 60 === 59) base = newBase();
    look(`/${c.file}`, c.text);
  });
  for (const { code, wrong } of catalogue) look(`/${code}.altru`, wrong);
  assert.ok(said > 800, `${said} texts`);
  assert.equal([...english], []);
});
