/**
 * Attributes as later phases read them: names with argument texts, and the representation of types. In: attribute nodes. Out: plain data.
 */
import { problem, type Problem } from '../report/problem.ts';
import type { Attribute, Expr } from '../syntax/tree.ts';
import type { Representation } from '../types/definition.ts';
import { int, type IntName } from '../types/type.ts';
import { textOf, type Build } from './build.ts';
import { nearest } from './suggest.ts';

const KNOWN: ReadonlySet<string> = new Set([
  'derive', 'repr', 'packed', 'align', 'inline', 'cold', 'test', 'should_panic', 'ignore', 'max_peak', 'max_allocs', 'no_alloc', 'export', 'link', 'global_allocator', 'allow', 'deny', 'warn', 'expect', 'must_use', 'default',
  'lang', 'intrinsic', 'auto', 'non_exhaustive', 'transparent', 'track_caller', 'deprecated', 'doc', 'no_mangle', 'fundamental', 'may_dangle', 'link_name', 'room', 'there',
]);

export function attributesOf(build: Build, attributes: readonly Attribute[]): Readonly<Record<string, readonly string[]>> {
  if (attributes.length === 0) return {};
  const out: Record<string, readonly string[]> = {};
  for (const attribute of attributes) {
    const name = attribute.name.text;
    if (!KNOWN.has(name) && build.crate === 'main') {
      const near = nearest(name, KNOWN);
      build.problems.push(problem('E1103', attribute.name.span, { name }, {
        label: 'no such attribute',
        fixes: near === null ? [] : [{ title: `an attribute with a similar name: \`@${near}\``, edits: [{ span: attribute.name.span, text: near }], certain: false }],
      }));
    }
    out[name] = [...(out[name] ?? []), ...attribute.args.map(a => argText(build, a))];
  }
  return out;
}

function argText(build: Build, arg: Expr): string {
  if (arg.kind === 'literal' && arg.value.kind === 'string') return arg.value.value;
  // `@should_panic(expected = "text")`, as in Rust.
  if (arg.kind === 'namedArg') return argText(build, arg.value);
  if (arg.kind === 'literal' && arg.value.kind === 'int') return String(arg.value.digits);
  return textOf(build, arg.span);
}

const INTS: ReadonlySet<string> = new Set(['i8', 'i16', 'i32', 'i64', 'u8', 'u16', 'u32', 'u64', 'isize', 'usize']);

export function representationOf(build: Build, attributes: readonly Attribute[], isEnum: boolean, problems: Problem[]): Representation {
  let c = false;
  let packed = false;
  let align: number | null = null;
  let intName: IntName | null = null;
  let transparent = false;
  const setAlign = (text: string, at: Attribute): void => {
    const n = Number(text);
    if (!Number.isInteger(n) || n < 1 || (n & (n - 1)) !== 0 || n > 65536) {
      problems.push(problem('E0589', at.span, { found: text }, { label: 'not a power of two' }));
    } else align = Math.max(align ?? 1, n);
  };
  for (const attribute of attributes) {
    const args = attribute.args.map(a => argText(build, a));
    switch (attribute.name.text) {
      case 'packed': packed = true; break;
      case 'transparent': transparent = true; break;
      case 'align':
        if (args[0] === undefined) problems.push(problem('E0589', attribute.span, { found: '' }, { label: 'needs a number' }));
        else setAlign(args[0], attribute);
        break;
      case 'repr':
        for (const arg of args) {
          if (arg === 'C') c = true;
          else if (arg === 'packed') packed = true;
          else if (arg === 'transparent') transparent = true;
          else if (arg.startsWith('align(')) setAlign(arg.slice(6, -1), attribute);
          else if (INTS.has(arg)) intName = arg as IntName;
          else if (arg !== 'Rust' && arg !== 'Altru') problems.push(problem('E0552', attribute.span, { name: arg }, { label: 'unknown representation' }));
        }
        if (intName !== null && !isEnum) problems.push(problem('E0517', attribute.span, { name: intName, wanted: 'an enum' }, { label: 'only for enums' }));
        break;
      default: break;
    }
  }
  if (packed && align !== null) problems.push(problem('E0587', attributes[0]?.span ?? { file: 0 as never, start: 0, end: 0 }, {}, { label: 'packed and aligned at once' }));
  return { c, packed, align, int: intName === null ? null : int(intName), transparent };
}
