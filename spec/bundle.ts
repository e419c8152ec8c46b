/**
 * Specs as plain JavaScript, each a file of its own, so that a process starts without a transpiler and functions carry no names that are set
 * anew each time one is made. In: entry points of this checkout. Out: a folder of modules, by the entries' paths; the caller removes it.
 * Every file still knows where its source stands.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Not written out: this file is bundled too, and must not be changed by what it does. */
const META = ['import', 'meta'].join('.');
const top = join(import.meta.dirname, '..');

export interface Bundle {
  /** The module made of an entry. */
  path(entry: string): string;
  remove(): void;
}

export async function bundle(entries: readonly string[]): Promise<Bundle> {
  const folder = join(top, 'node_modules', '.cache', 'altru', `specs-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [...entries],
    outdir: folder,
    outbase: top,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    packages: 'external',
    logLevel: 'error',
    plugins: [{
      name: 'places',
      setup(made) {
        made.onLoad({ filter: /[\\/](spec|bin|lib|vm)[\\/][^?]*\.tsx?$/ }, ({ path }) => {
          const text = readFileSync(path, 'utf8');
          if (!text.includes(META)) return null;
          const contents = text
            .replaceAll(`${META}.dirname`, JSON.stringify(dirname(path)))
            .replaceAll(`${META}.filename`, JSON.stringify(path))
            .replaceAll(`${META}.url`, JSON.stringify(pathToFileURL(path).href));
          return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
        });
      },
    }],
  });
  return {
    path: entry => join(folder, entry.slice(top.length + 1).replace(/\.tsx?$/, '.mjs')),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
