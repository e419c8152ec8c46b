/**
 * The members that an impl does not have yet, written out: what E0046 lists and offers to put in. In: the impl's tree, the missing
 * definitions. Out: their signatures in text, and a fix where every one can be given a body that compiles. Cost: the text of the impl.
 */
import type { Fix } from '../report/problem.ts';
import type { ImplItem } from '../syntax/tree.ts';
import type { Definition, FnDef, ImplDef } from '../types/definition.ts';
import { printFnHead, printType } from '../types/print.ts';
import { param, substitute, type Type } from '../types/type.ts';
import { textOf, type Build } from './build.ts';

/** As the trait writes it; a trait with parameters has other names for its types than the impl, so its are put in. */
export function signatureOf(build: Build, impl: ImplDef, missing: Definition): string {
  const { definitions, table } = build.world;
  // `Self` stays as it is: `Self::Item` reads better than whose it is.
  const args = (impl.trait?.args ?? []).map((arg, i) => (i === 0 ? param(0, 'Self') : arg));
  const put = (type: Type): string => printType(substitute(type, args), definitions);
  if (missing.kind === 'const') return `const ${missing.name}: ${put(missing.type)}`;
  if (missing.kind !== 'fn') return `type ${missing.name}`;
  const item = table.items.get(missing.id);
  if (item?.kind === 'fn' && args.filter(a => a.kind !== 'region').length <= 1) return textOf(build, item.head).replace(/\s*\n\s*/g, ' ').replace(/:\s*$/, '');
  const { signature } = missing;
  const mine: FnDef = { ...missing, signature: { ...signature, params: signature.params.map((p, i) => (i === 0 && missing.hasSelf ? p : substitute(p, args))), result: substitute(signature.result, args) } };
  return printFnHead(mine, definitions);
}

const EMPTY: Readonly<Record<string, string>> = { int: '0', float: '0.0', bool: 'false', char: "' '" };

function stub(build: Build, impl: ImplDef, missing: Definition): string | null {
  const head = signatureOf(build, impl, missing);
  if (missing.kind === 'fn') return `${head}: todo()`;
  if (missing.kind !== 'const') return `${head} = ()`;
  const value = EMPTY[missing.type.kind];
  return value === undefined ? null : `${head} = ${value}`;
}

export function stubFix(build: Build, impl: ImplDef, item: ImplItem, missing: readonly Definition[]): Fix | null {
  const file = build.files.get(item.span.file);
  const stubs = missing.map(m => stub(build, impl, m));
  if (file === undefined || stubs.includes(null)) return null;
  const indentAt = (offset: number): string => /^[ ]*/.exec(file.text.slice(file.text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
  const [first] = item.items;
  const last = item.items[item.items.length - 1];
  const indent = first === undefined ? `${indentAt(item.span.start)}    ` : indentAt(first.span.start);
  const lines = stubs.map(text => `\n${indent}${text}`).join('');
  const title = missing.length === 1 ? 'write it, to be filled in' : 'write them, to be filled in';
  if (last !== undefined) {
    // Behind what may follow on the last member's line: a comment.
    const end = file.text.indexOf('\n', Math.max(last.span.end - 1, last.span.start));
    const at = file.text[last.span.end - 1] === '\n' ? last.span.end - 1 : end < 0 ? file.text.length : end;
    return { title, certain: false, edits: [{ span: { ...item.span, start: at, end: at }, text: lines }] };
  }
  const head = file.text.slice(item.self.span.end, Math.max(item.span.end, item.self.span.end));
  const colon = /^[^\n#]*?:/.exec(file.text.slice(item.self.span.end));
  if (/\bpass\b/.test(head)) {
    const at = item.self.span.end + head.search(/\s*\bpass\b/);
    const length = /\s*\bpass\b/.exec(head)?.[0].length ?? 0;
    return { title, certain: false, edits: [{ span: { ...item.span, start: at, end: at + length }, text: lines }] };
  }
  const at = item.self.span.end + (colon?.[0].length ?? 0);
  return { title, certain: false, edits: [{ span: { ...item.span, start: at, end: at }, text: `${colon === null ? ':' : ''}${lines}` }] };
}
