/**
 * The laws of the house, enforced: who may import whom, no cycles, file sizes, forbidden names and words, and that documents name
 * files that exist. In: the tree as it is on disk. Each claim lists what breaks it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../suite.ts';

const claim = suite('laws');
const top = resolve(import.meta.dirname, '../..');
const LIB = ['text', 'report', 'syntax', 'names', 'types', 'flow', 'advise', 'emit', 'std', 'ide'];
const VM = ['code', 'memory', 'run', 'watch', 'picture', 'wasm'];

function walk(folder: string): string[] {
  return readdirSync(join(top, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

const files = ['lib', 'vm', 'bin'].flatMap(walk).filter(path => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && !path.endsWith('.d.mts'));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const imports: Import[] = files.flatMap(from => {
  const text = readFileSync(join(top, from), 'utf8');
  return [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g)].map(match => {
    const target = match[2] ?? match[3] ?? '';
    return { from, to: target.startsWith('.') ? relative(top, resolve(top, dirname(from), target)) : target, typeOnly: match[1] !== undefined };
  });
});

const folderOf = (path: string): { part: string; room: string } => {
  const [part = '', room = ''] = path.split('/');
  return { part, room: path.split('/').length > 2 ? room : '' };
};

claim('lib and vm are pure: no node:, no terminal, no react', () => {
  const impure = imports.filter(({ from, to }) => /^(lib|vm)\//.test(from) && /^(node:|react|ink|picocolors|string-width|commander)/.test(to));
  assert.equal(impure.map(one => `${one.from} imports ${one.to}`), []);
});

claim('vm never imports lib, nothing imports bin, and lib imports only vm/code', () => {
  const wrong = imports.filter(({ from, to }) => (from.startsWith('vm/') && to.startsWith('lib/')) || (!from.startsWith('bin/') && to.startsWith('bin/')) || (from.startsWith('lib/') && to.startsWith('vm/') && !to.startsWith('vm/code/')));
  assert.equal(wrong.map(one => `${one.from} imports ${one.to}`), []);
});

claim('bin comes in by the two doors only', () => {
  const wrong = imports.filter(({ from, to }) => from.startsWith('bin/') && /^(lib|vm)\//.test(to) && to !== 'lib/index.ts' && to !== 'vm/index.ts');
  assert.equal(wrong.map(one => `${one.from} imports ${one.to}`), []);
});

for (const [part, order] of [['lib', LIB], ['vm', VM]] as const) {
  claim(`inside ${part} a folder imports only those listed before it`, () => {
    const wrong = imports.filter(({ from, to }) => {
      const a = folderOf(from);
      const b = folderOf(to);
      if (a.part !== part || b.part !== part || a.room === '' || a.room === b.room) return false;
      // Types as data, which names fill, and their text, stand with what is done with them.
      if (a.room === 'names' && ['lib/types/type.ts', 'lib/types/definition.ts', 'lib/types/print.ts'].includes(to)) return false;
      // What editors and sessions ask stands on the whole pipeline.
      if (a.room === 'ide' && to === 'lib/compile.ts') return false;
      return b.room === '' ? !/^(lib|vm)\/(store)\.ts$/.test(to) : order.indexOf(b.room) > order.indexOf(a.room);
    });
    assert.equal(wrong.map(one => `${one.from} imports ${one.to}`), []);
  });
  claim(`${part} has no room that the order does not list`, () => {
    assert.equal(readdirSync(join(top, part)).filter(name => statSync(join(top, part, name)).isDirectory() && !order.some(room => room === name)), []);
  });
}

claim('no import cycle, of types neither', () => {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) if (files.includes(to)) next.set(from, [...(next.get(from) ?? []), to]);
  const state = new Map<string, 'open' | 'done'>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      return;
    }
    state.set(file, 'open');
    for (const to of next.get(file) ?? []) visit(to, [...trail, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  assert.equal(cycles, []);
});

claim('files stay under 700 lines, and half of them under 250', () => {
  const lines = files.map(path => ({ path, n: readFileSync(join(top, path), 'utf8').split('\n').length }));
  assert.equal(lines.filter(({ n }) => n > 700).map(({ path, n }) => `${path} (${n})`), []);
  const sorted = lines.map(({ n }) => n).sort((a, b) => a - b);
  assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) <= 250, `median ${sorted[Math.floor(sorted.length / 2)]}`);
});

claim('no file is called utils, common, helpers, types, misc or manager', () => {
  assert.equal(files.filter(path => /\/(utils?|common|helpers?|types|misc|manager)\.tsx?$/.test(path)), []);
});

claim('no any, no @ts-ignore, no leftover marks of unfinished work', () => {
  const bad = files.flatMap(path =>
    readFileSync(join(top, path), 'utf8')
      .split('\n')
      .map((line, i) => ({ line, at: `${path}:${i + 1}` }))
      .filter(({ line }) => /@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME|XXX)\b/.test(line) || /(:|\bas) any\b|<any>/.test(line.replace(/^\s*(\*|\/\*\*|\/\/).*|\s\/\/.*|\/\*.*?\*\//g, '')))
      .map(({ at }) => at),
  );
  assert.equal(bad, []);
});

claim('every file opens by saying what it is', () => {
  assert.equal(files.filter(path => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(top, path), 'utf8'))), []);
});

claim('documents name files that exist', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'spec/README.md', 'lib/std/README.md'].filter(path => existsSync(join(top, path)));
  const missing = documents.flatMap(path =>
    [...readFileSync(join(top, path), 'utf8').matchAll(/`((?:lib|vm|bin|spec|samples)\/[\w./-]+\.\w+)`/g)]
      .map(match => match[1] ?? '')
      .filter(name => !existsSync(join(top, name)))
      .map(name => `${path}: ${name}`),
  );
  assert.equal(missing, []);
});

claim('the top level holds what it should and nothing else', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: top, encoding: 'utf8' }).split('\n').filter(Boolean);
  const names = [...new Set(tracked.map(path => path.split('/')[0] ?? ''))].filter(name => !name.startsWith('.')).sort();
  assert.equal(names, ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'bin', 'lib', 'package-lock.json', 'package.json', 'samples', 'spec', 'tsconfig.json', 'vm']);
});
