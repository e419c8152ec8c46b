/**
 * The parts of `bin/world/parts.ts`: what `altru run` and `altru check` are made of, as scripts, and beside each what the engine makes of it when a
 * program has run once. In: the sources; a `dist/` whose library is stored. Out: two files more in `dist/`. The machine is one part and the compiler
 * the other, since what ran before needs no compiler. Modules of `bin` and the door of `vm` are shared, so that their state is one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** Modules by which the part of the machine is entered. What is loaded later by these, and by what they load, comes in the other part. */
const first = ['bin/main.ts', 'bin/commands/run.ts'];
/** Commands that never run from parts. */
const elsewhere = path => path.startsWith('bin/commands/') && path !== 'bin/commands/check.ts';

/** `options`: what esbuild is told for any bundle of ours. */
export async function buildParts(top, dist, options) {
  const shared = new Map();
  const write = (part, made) => writeFileSync(join(dist, `${part}.part`), whole(`(function(exports,require,module,__first){${made.outputFiles[0].text}\n})`));
  // Once to learn which modules there are, and once with those given out that the other part may ask for.
  const learnt = await script(top, options, shared, first);
  const open = Object.keys(learnt.metafile.inputs).filter(path => /^bin\/.*\.ts$|^vm\/index\.ts$/.test(path));
  write('run', await script(top, options, shared, open));
  for (const path of open) shared.set(path, 'run');
  let later = learnt.later;
  for (;;) {
    const entries = [...later].filter(path => !first.includes(path) && !elsewhere(path)).sort();
    const made = await script(top, options, shared, entries);
    later = new Set([...later, ...made.later]);
    if ([...later].every(path => first.includes(path) || elsewhere(path) || entries.includes(path))) return write('compile', made);
  }
}

/** `later`: the modules that are loaded by an `import()`. */
async function script(top, options, shared, entries) {
  const later = new Set();
  const plugin = {
    name: 'parts',
    setup(building) {
      building.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
        const name = relative(top, resolve(resolveDir, path)).replaceAll('\\', '/');
        if (kind === 'dynamic-import') {
          later.add(name);
          return { external: true, path: `altru:${first.includes(name) ? 'run' : 'compile'}/${name}` };
        }
        return shared.has(name) ? { external: true, path: `altru:${shared.get(name)}/${name}` } : undefined;
      });
    },
  };
  const made = await build({
    ...options,
    stdin: { contents: entries.map(path => `export * as ${JSON.stringify(path)} from './${path}';`).join('\n'), resolveDir: top, sourcefile: 'part.ts', loader: 'ts' },
    absWorkingDir: top,
    outdir: undefined,
    format: 'cjs',
    splitting: false,
    banner: {},
    supported: { 'dynamic-import': false },
    define: { ...options.define, 'import.meta.url': '__first' },
    plugins: [plugin],
    metafile: true,
    write: false,
  });
  return { ...made, later };
}

/** As `bin/world/parts.ts` reads it. */
const whole = text => {
  // esbuild writes letters of strings as escapes, but not those of regular expressions.
  const wide = /.{0,30}[^\x00-\xff].{0,30}/.exec(text);
  if (wide !== null) throw new Error(`a part may hold letters of Latin-1 only: write this one as an escape: ${wide[0]}`);
  return Buffer.from(`${String(text.length).padStart(12)}${text}`, 'latin1');
};

/** Runs a program in a process of its own, which then keeps what the engine made. */
export function warmParts(dist, program) {
  const cache = mkdtempSync(join(tmpdir(), 'altru-parts-'));
  const ran = spawnSync(process.execPath, [join(dist, 'warm-parts.mjs'), 'run', program], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache, ALTRU_CACHE: '' } });
  rmSync(cache, { recursive: true, force: true });
  if (ran.status !== 0) throw new Error(`the parts do not run: ${ran.stderr}`);
}
