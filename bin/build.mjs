/**
 * `npm run build`: the grammar, then `bin/altru.ts` bundled to `dist/altru.mjs` (ESM, a chunk for each command that is loaded when it
 * is used), then the standard library parsed, checked and stored beside it. In: sources. Out: `dist/`, made anew.
 */
import { chmodSync, cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildParts, warmParts } from './build-parts.mjs';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
// Made beside the old one and put in its place when it is whole: a build that fails, or runs twice at once, breaks nothing.
const target = resolve(process.argv[2] ?? join(top, 'dist'));
const dist = `${target}.${process.pid}`;
rmSync(dist, { recursive: true, force: true });
const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: 'none',
  alias: { 'react-devtools-core': join(top, 'bin/absent.mjs') },
  define: { 'process.env.NODE_ENV': '"production"', ALTRU_VERSION: JSON.stringify(JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).version) },
  logLevel: 'warning',
};
await build({
  ...options,
  entryPoints: { main: join(top, 'bin/main.ts'), 'store-library': join(top, 'bin/store-library.ts'), 'test-worker': join(top, 'bin/world/test-worker.ts') },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  splitting: true,
  format: 'esm',
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
});
/** The modules that `bin/altru.ts` falls back to. */
const outside = { name: 'outside', setup: building => building.onResolve({ filter: /main\.ts$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './main.mjs', external: true } : undefined)) };
// The beginning is one file, so that it is read at once.
for (const name of ['altru', 'warm-parts']) await build({ ...options, entryPoints: [join(top, `bin/${name}.ts`)], outfile: join(dist, `${name}.mjs`), format: 'esm', plugins: [outside] });
chmodSync(join(dist, 'altru.mjs'), 0o755);
cpSync(join(top, 'lib/std'), join(dist, 'std'), { recursive: true, filter: from => !/\.(md|mjs|ts)$/.test(from) });
for (const schema of ['lib/report/check.schema.json', 'lib/report/run.schema.json', 'vm/picture/picture.schema.json']) cpSync(join(top, schema), join(dist, schema.replace(/.*\//, '')));
const { storeLibrary } = await import(join(dist, 'store-library.mjs'));
await storeLibrary(join(dist, 'std'), join(dist, 'std.store'), join(top, 'bin/common-code.altru'));
await buildParts(top, dist, options);
warmParts(dist, join(top, 'bin/common-code.altru'));
const old = `${target}.old.${process.pid}`;
try {
  renameSync(target, old);
} catch {
  // There was none.
}
renameSync(dist, target);
rmSync(old, { recursive: true, force: true });
