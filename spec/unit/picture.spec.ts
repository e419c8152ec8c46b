/**
 * Pictures: each program of `spec/picture` says in its first line which moment is meant, and the text beside it is its picture. `UPDATE=1` writes
 * the texts anew (look at what changed). Every picture keeps the schema, every drawing is well-formed and the same each time.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { pictureOf } from '../../bin/world/picture-of.ts';
import { difference } from '../../vm/picture/difference.ts';
import { drawHtml } from '../../vm/picture/draw-html.ts';
import { drawSvg } from '../../vm/picture/draw-svg.ts';
import { drawText } from '../../vm/picture/draw-text.ts';
import type { Picture } from '../../vm/picture/picture.ts';
import { pictureSchema } from '../../vm/picture/schema.ts';
import { takePicture } from '../../vm/picture/take.ts';
import { openTimeline } from '../../vm/watch/session.ts';
import { compiled } from '../compiled.ts';
import { suite } from '../suite.ts';

const test = suite('picture');
const folder = join(import.meta.dirname, '../picture');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(pictureSchema);

function keepsSchema(picture: Picture, what: string): void {
  const plain: unknown = JSON.parse(JSON.stringify(picture));
  assert.ok(validate(plain), `${what}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  assert.equal(plain, picture, `${what} is not plain`);
}

/** A small reader of XML: tags close, attributes are quoted, nothing is left unescaped. */
function wellFormed(xml: string): string[] {
  const wrong: string[] = [];
  const open: string[] = [];
  let rest = xml;
  for (let match = /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest); match !== null; match = /<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest)) {
    const between = rest.slice(0, match.index);
    if (/[<]/.test(between) || /&(?!amp;|lt;|gt;|quot;)/.test(between.replace(/^[^]*\{[^]*\}$/, ''))) wrong.push(between.slice(0, 60));
    const [whole, closing, tag = '', , alone] = match;
    if (closing === '/') {
      if (open.pop() !== tag) wrong.push(whole);
    } else if (alone !== '/') open.push(tag);
    rest = rest.slice(match.index + whole.length);
  }
  return [...wrong, ...open];
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.altru')).sort()) {
  test(file.replace('.altru', '').replaceAll('-', ' '), () => {
    const text = readFileSync(join(folder, file), 'utf8');
    const at = /^## picture: (\S+)/.exec(text)?.[1] ?? 'end';
    const made = pictureOf(compiled(file, text), { at });
    if ('wrong' in made) throw new Error(made.wrong);
    keepsSchema(made.picture, file);
    const drawn = drawText(made.picture);
    const golden = join(folder, file.replace('.altru', '.txt'));
    if (process.env['UPDATE'] === '1') writeFileSync(golden, drawn);
    assert.is(drawn, readFileSync(golden, 'utf8'));
    assert.is(Math.max(...drawn.split('\n').map(l => [...l].length)) <= 100, true, 'a line is too long');
    const svg = drawSvg(made.picture);
    assert.equal(wellFormed(svg), []);
    const again = pictureOf(compiled(file, text), { at });
    assert.is('picture' in again ? drawSvg(again.picture) : '', svg, 'the same program, another drawing');
    assert.match(drawHtml(made.picture, text.split('\n')), '</html>');
  });
}

test('the schema that the package carries is this one', () => {
  const file = join(import.meta.dirname, '../../vm/picture/picture.schema.json');
  if (process.env['UPDATE'] === '1') writeFileSync(file, `${JSON.stringify(pictureSchema, null, 1)}\n`);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), pictureSchema);
});

test('text of a program never becomes markup or escapes', () => {
  const text = 'fn main():\n    let evil = String::from("</text><script>alert(1)</script>&\\u{1b}[31m\\u{202e}")\n    println("{}", evil)\n    let end = evil\n    println("{}", end.len())\n';
  const made = pictureOf(compiled('evil.altru', text), { at: '5' });
  if ('wrong' in made) throw new Error(made.wrong);
  keepsSchema(made.picture, 'evil');
  for (const drawn of [drawSvg(made.picture), drawHtml(made.picture, text.split('\n'))]) assert.not.match(drawn, '<script');
  assert.equal(wellFormed(drawSvg(made.picture)), []);
  assert.not.match(drawText(made.picture), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

test('pictures of every step keep the schema, and differences say what happened', () => {
  const t = openTimeline(compiled('list-reversal.altru', readFileSync(join(folder, 'list-reversal.altru'), 'utf8')));
  let before = takePicture(t.machine, { step: 0 });
  const born: string[] = [];
  const died: string[] = [];
  for (;;) {
    const stand = t.forward('statement');
    const now = takePicture(t.machine, { step: t.position, output: t.output });
    keepsSchema(now, `step ${t.position}`);
    const changed = difference(before, now);
    for (const block of changed.blocks) {
      if (block.kind === 'born') born.push(block.id);
      if (block.kind === 'died') died.push(block.id);
    }
    assert.is(changed.heap.liveBlocks, now.statistics.liveBlocks - before.statistics.liveBlocks);
    before = now;
    if (stand.arrival !== 'there') break;
  }
  assert.is(born.length, 4);
  assert.equal([...died].sort(), [...born].sort());
  const nothing = difference(before, takePicture(t.machine, { step: t.position, output: t.output }));
  assert.equal([...nothing.blocks, ...nothing.variables, ...nothing.calls, ...nothing.arrows], []);
});

test('taking a picture changes nothing, in any profile and with any allocator', () => {
  const text = readFileSync(join(folder, 'vector-growth.altru'), 'utf8');
  for (const profile of ['debug', 'release'] as const) {
    for (const allocator of ['slab', 'buddy', 'tlsf', 'bump'] as const) {
      const t = openTimeline(compiled('vector-growth.altru', text, profile), { machine: { allocator } });
      t.seek(12);
      const before = t.stateHash();
      keepsSchema(takePicture(t.machine, { leaks: true, library: true }), `${profile} ${allocator}`);
      assert.is(t.stateHash(), before);
    }
  }
});
