/**
 * Command-line options, parsed by a small table: `--name`, `--name value`, `--name=value`, `--`. In: arguments and a table. Out:
 * values and the rest, or a sentence that says what is wrong with a did-you-mean. Parsing stops at the first positional argument
 * where `stopAtPositional` is set (a program's own arguments follow its file).
 */
import { closest } from './closest.ts';

export type OptionTable = Readonly<Record<string, 'flag' | 'value' | 'values'>>;

export interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** All that was given for options that may come more than once. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

export function parseOptions(args: readonly string[], table: OptionTable, stopAtPositional = false): Parsed | { readonly wrong: string } {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      rest.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      if (stopAtPositional) {
        rest.push(...args.slice(i));
        break;
      }
      rest.push(arg);
      continue;
    }
    const [name = '', inline] = splitOnce(arg.replace(/^--?/, ''));
    const kind = table[name];
    if (kind === undefined) {
      const near = closest(name, Object.keys(table));
      return { wrong: `unknown option '${arg}'${near === null ? '' : `: did you mean '--${near}'?`}` };
    }
    if (kind === 'flag') {
      if (inline !== undefined) return { wrong: `option '--${name}' takes no value` };
      flags.add(name);
      continue;
    }
    const value = inline ?? args[++i];
    if (value === undefined) return { wrong: `option '--${name}' needs a value` };
    if (kind === 'values') lists.set(name, [...(lists.get(name) ?? []), value]);
    else values.set(name, value);
  }
  return { flags, values, lists, rest };
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
