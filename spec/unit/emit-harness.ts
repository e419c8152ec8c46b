/**
 * A small way to run hand-built bodies: graphs are made by a few functions, emitted, verified and run on the
 * interpreter. In: graphs by definition. Out: what the entry gave. For specs of emission only.
 */
import type { Block, BlockId, Graph, Local, LocalId, Operand, Place, Rvalue, Statement, Terminator } from '../../lib/flow/graph.ts';
import { emitProgram } from '../../lib/emit/emit.ts';
import { makeShapes } from '../../lib/emit/shapes.ts';
import { layoutIn } from '../../lib/types/layout.ts';
import type { TypesApi } from '../../lib/emit/world.ts';
import { Sources } from '../../lib/text/sources.ts';
import type { Span } from '../../lib/text/span.ts';
import type { Definition, Definitions, FnDef, Generics } from '../../lib/types/definition.ts';
import { type DefId, I32, intern, type Type } from '../../lib/types/type.ts';
import { verify } from '../../vm/code/verify.ts';
import { createMachine } from '../../vm/run/create.ts';
import { run } from '../../vm/run/run.ts';
import type { Profile } from '../../vm/code/program.ts';

export const span: Span = { file: 0 as Span['file'], start: 0, end: 0 };
const none: Generics = { parent: null, parentCount: 0, params: [], predicates: [] };

export const place = (local: number, ...projection: Place['projection']): Place => ({ local: local as LocalId, projection });
export const copy = (p: Place | number): Operand => ({ kind: 'copy', place: typeof p === 'number' ? place(p) : p });
export const move = (p: Place | number): Operand => ({ kind: 'move', place: typeof p === 'number' ? place(p) : p });
export const int = (value: number, type: Type = I32): Operand => ({ kind: 'constant', constant: { kind: 'int', value: BigInt(value), type } });
export const item = (def: string, args: readonly Type[] = []): Operand => ({ kind: 'constant', constant: { kind: 'zero', type: intern({ kind: 'fnDef', def: def as DefId, args }) } });
export const assign = (to: Place | number, value: Rvalue): Statement => ({ span, kind: 'assign', place: typeof to === 'number' ? place(to) : to, value });
export const use = (operand: Operand): Rvalue => ({ kind: 'use', operand });
export const to = (n: number): BlockId => n as BlockId;
type Ends = Terminator extends infer T ? (T extends Terminator ? Omit<T, 'span'> : never) : never;
export const block = (statements: Statement[], end: Ends, cleanup = false): Block => ({ statements, terminator: { ...end, span } as Terminator, cleanup });
export const call = (callee: Operand, args: readonly Operand[], destination: number, target: number | null, unwind: number | null = null): Ends =>
  ({ kind: 'call', callee, args, destination: place(destination), target: target === null ? null : to(target), unwind: unwind === null ? null : to(unwind), calleeSpan: span, syntax: 'call' });

export interface TestFunction {
  readonly name: string;
  readonly params: readonly Type[];
  readonly result: Type;
  readonly locals?: readonly Type[];
  readonly blocks: readonly Block[];
  readonly promoted?: readonly Graph[];
}

export function graphOf(f: TestFunction): Graph {
  const local = (type: Type, role: Local['role']): Local => ({ type, name: null, mutable: true, span, annotated: null, role });
  return {
    owner: f.name as DefId, params: f.params.length, span, promoted: [...(f.promoted ?? [])], variables: [], closures: [],
    locals: [local(f.result, 'result'), ...f.params.map(t => local(t, 'param')), ...(f.locals ?? []).map(t => local(t, 'temporary'))],
    blocks: [...f.blocks],
  };
}

export function compile(functions: readonly TestFunction[], more: readonly Definition[] = [], profile: Profile = 'release') {
  const byId = new Map<DefId, Definition>(more.map(d => [d.id, d]));
  for (const f of functions) {
    const definition: FnDef = {
      id: f.name as DefId, name: f.name, kind: 'fn', parent: null, span, nameSpan: span, visibleIn: null, doc: null, attributes: {}, generics: none,
      signature: { params: f.params, result: f.result, isUnsafe: false, abi: null }, hasSelf: false, paramNames: [], isConst: false, hasBody: true, isExtern: false, opaques: [],
    };
    if (!byId.has(definition.id)) byId.set(definition.id, definition);
  }
  const definitions: Definitions = { byId, lang: new Map(), implsOf: new Map(), inherent: new Map() };
  const types: TypesApi = {
    normalize: t => t, resolveItem: () => null, isCopy: () => true, shape: makeShapes(definitions, t => layoutIn(definitions, t)),
    closure: () => { throw new Error('no closures here'); },
  };
  const graphs = new Map(functions.map(f => [f.name, graphOf(f)]));
  const sources = new Sources();
  sources.add('test.altru', '');
  const { value } = emitProgram({ name: 'test', definitions, graphs: def => { const g = graphs.get(def); return g === undefined ? null : [g]; }, types, profile, deepest: 0, entry: 'main' as DefId, sources });
  if (value === null) throw new Error('nothing was emitted');
  return value;
}

/** Exit code of a program, or the text of why it stopped. */
export function runProgram(functions: readonly TestFunction[], more: readonly Definition[] = [], profile: Profile = 'release'): number | string {
  const program = compile(functions, more, profile);
  const problems = verify(program);
  if (problems.length > 0) throw new Error(problems.map(p => `${program.functions[p.function]?.name ?? '?'} @${p.at}${p.cleanup ? ' (cleanup)' : ''}: ${p.message}`).join('\n'));
  const m = createMachine(program, {
    write: (_, bytes) => bytes.length, read: () => 0, args: [], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => {},
  });
  run(m);
  return m.status === 'finished' ? m.exit : (m.trap?.message ?? m.status);
}
