/**
 * Parts of Altru that the build has compiled already: for each a script and what the engine made of it, in one file beside the bundle. In: the
 * file that began. Out: what a part exports, when it is first asked for. Invariant: the script alone means the same; what the engine kept is
 * only taken by the very engine that made it (it looks at its version, its flags and the script's length itself), else the script is compiled anew.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/** What `bin/main.ts` exports. */
interface Main {
  readonly start: (first: URL) => Promise<void>;
}

export interface Parts {
  readonly main: () => Main;
  /** The scripts of the parts that were asked for, for the build. */
  readonly scripts: ReadonlyMap<string, { readonly script: Script; readonly source: string }>;
}

type Wrapped = (exports: object, require: (name: string) => unknown, module: { exports: unknown }, url: string) => void;

/** Bytes of the script's length, in decimal digits, before the script. */
export const HEAD = 12;

/** `altru:part/module` is what the script of one part calls a module of another. */
const NAME = /^altru:(\w+)\/(.+)$/;

/** Null where there are none, as in a checkout. */
export function openParts(first: URL): Parts | null {
  const outside = createRequire(first);
  const loaded = new Map<string, Record<string, unknown>>();
  const scripts = new Map<string, { readonly script: Script; readonly source: string }>();
  const part = (name: string): Record<string, unknown> => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const bytes = readFileSync(new URL(`${name}.part`, first));
    const end = HEAD + Number(bytes.toString('latin1', 0, HEAD));
    const source = bytes.toString('latin1', HEAD, end);
    const kept = bytes.subarray(end);
    const script = new Script(source, { filename: `altru/${name}`, ...(kept.length === 0 ? {} : { cachedData: kept }) });
    scripts.set(name, { script, source });
    const module: { exports: Record<string, unknown> } = { exports: {} };
    loaded.set(name, module.exports);
    const run = script.runInThisContext() as Wrapped;
    run(module.exports, require, module, first.href);
    loaded.set(name, module.exports);
    return module.exports;
  };
  const require = (name: string): unknown => {
    const [, from, module] = NAME.exec(name) ?? [];
    return from === undefined || module === undefined ? outside(name) : part(from)[module];
  };
  try {
    const main = part('run')['bin/main.ts'] as Main;
    return { main: () => main, scripts };
  } catch {
    return null;
  }
}
