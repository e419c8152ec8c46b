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

/** Modules by which a part is entered. */
const parts = {
  run: ['bin/main.ts', 'bin/commands/run.ts'],
  compile: ['bin/world/compile-file.ts', 'bin/commands/check.ts', 'bin/world/trap-text.ts', 'bin/world/deep.ts'],
};

/** `options`: what esbuild is told for any bundle of ours. */
export async function buildParts(top, dist, options) {
  const shared = new Map();
  for (const part of ['run', 'compile']) {
    const { entries, text } = await bundle(top, options, part, shared);
    if (part === 'run') for (const entry of entries) shared.set(entry, part);
    writeFileSync(join(dist, `${part}.part`), whole(text, Buffer.alloc(0)));
  }
}

async function bundle(top, options, part, shared) {
  // Once to learn which modules there are, and once with those given out that others may ask for.
  const first = await script(top, options, part, shared, parts[part]);
  const open = Object.keys(first.metafile.inputs).filter(path => /^bin\/.*\.ts$|^vm\/index\.ts$/.test(path));
  const entries = part === 'run' ? open : parts[part];
  const made = part === 'run' ? await script(top, options, part, shared, entries) : first;
  return { entries, text: `(function(exports,require,module,__first){${made.outputFiles[0].text}\n})` };
}

function script(top, options, part, shared, entries) {
  const home = path => Object.keys(parts).find(name => parts[name].includes(path)) ?? 'none';
  const plugin = {
    name: 'parts',
    setup(building) {
      building.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
        const name = relative(top, resolve(resolveDir, path)).replaceAll('\\', '/');
        if (kind === 'dynamic-import') return { external: true, path: `altru:${home(name)}/${name}` };
        return shared.has(name) ? { external: true, path: `altru:${shared.get(name)}/${name}` } : undefined;
      });
    },
  };
  return build({
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
}

/** As `bin/world/parts.ts` reads it. */
const whole = (text, kept) => Buffer.concat([Buffer.from(String(Buffer.byteLength(text, 'latin1')).padStart(12)), Buffer.from(text, 'latin1'), kept]);

/** Runs a program in a process of its own, which then keeps what the engine made. */
export function warmParts(dist, program) {
  const cache = mkdtempSync(join(tmpdir(), 'altru-parts-'));
  const ran = spawnSync(process.execPath, [join(dist, 'warm-parts.mjs'), 'run', program], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache, ALTRU_CACHE: '' } });
  rmSync(cache, { recursive: true, force: true });
  if (ran.status !== 0) throw new Error(`the parts do not run: ${ran.stderr}`);
}
