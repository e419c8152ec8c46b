/** Runs a measurement as the product runs: bundled, as `bin/build.mjs` does it, into `dist/bench`. In: its name. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';

const top = join(import.meta.dirname, '../..');
const name = process.argv[2];
const outfile = join(top, `dist/bench/${name}.mjs`);
await build({
  entryPoints: [join(import.meta.dirname, `${name}.ts`)], outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', minifySyntax: true, logLevel: 'warning',
  alias: { 'react-devtools-core': join(top, 'bin/absent.mjs') },
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  define: { 'process.env.NODE_ENV': '"production"' },
});
process.exit(spawnSync(process.execPath, [outfile, ...process.argv.slice(3)], { stdio: 'inherit' }).status ?? 1);
