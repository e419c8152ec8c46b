/**
 * Graphs as text, for `altru show flow` and for tests: one line a statement, blocks in order, places as `_1.0`, `(*_2)`.
 * In: a graph and a printer of types. Out: text. Pure; cost linear in the graph.
 */
import type { Type } from '../types/type.ts';
import type { Block, Constant, Graph, Operand, Place, Rvalue, Statement, Terminator } from './graph.ts';

export type TypeText = (type: Type) => string;

export function showPlace(place: Place): string {
  let out = `_${place.local}`;
  for (const s of place.projection) {
    switch (s.kind) {
      case 'deref': out = `(*${out})`; break;
      case 'field': out += `.${s.index}`; break;
      case 'variant': out = `(${out} as #${s.index})`; break;
      case 'index': out += `[_${s.local}]`; break;
      case 'constantIndex': out += `[${s.fromEnd ? '-' : ''}${s.offset}]`; break;
      case 'subslice': out += `[${s.from}:${s.to === 0 ? '' : `-${s.to}`}]`; break;
    }
  }
  return out;
}

function showConstant(c: Constant, type: TypeText): string {
  switch (c.kind) {
    case 'int': return `${c.value}${c.type.kind === 'int' ? `_${c.type.name}` : c.type.kind === 'bool' ? '_bool' : '_char'}`;
    case 'float': return `${c.value}`;
    case 'string': return JSON.stringify(c.value);
    case 'bytes': return `b[${c.value.join(' ')}]`;
    case 'zero': return c.type.kind === 'fnDef' ? type(c.type) : `{${type(c.type)}}`;
    case 'null': return 'null';
    case 'const': return `const ${c.def}`;
    case 'param': return `const ${type(c.param)}`;
    case 'static': return `&static ${c.def}`;
    case 'promoted': return `promoted[${c.index}]`;
  }
}

export function showOperand(o: Operand, type: TypeText): string {
  return o.kind === 'constant' ? showConstant(o.constant, type) : `${o.kind} ${showPlace(o.place)}`;
}

const BORROW: Readonly<Record<string, string>> = { shared: '&', mut: '&mut ', twoPhase: '&two-phase mut ', unique: '&unique ', fake: '&fake ' };

function showRvalue(v: Rvalue, type: TypeText): string {
  const op = (o: Operand): string => showOperand(o, type);
  switch (v.kind) {
    case 'use': return op(v.operand);
    case 'borrow': return `${BORROW[v.borrow] ?? '&'}${showPlace(v.place)}`;
    case 'rawBorrow': return `&raw ${v.mutable ? 'mut' : 'const'} ${showPlace(v.place)}`;
    case 'binary': return `${v.op}(${op(v.left)}, ${op(v.right)})`;
    case 'pointer': return `pointer ${v.op}(${op(v.left)}, ${op(v.right)})`;
    case 'unary': return `${v.op}(${op(v.operand)})`;
    case 'cast': return `${op(v.operand)} as ${type(v.type)} (${v.cast})`;
    case 'aggregate': {
      const name = v.of.kind === 'adt' ? `${type(v.type)}${v.of.variant === null ? '' : `#${v.of.variant}`}` : v.of.kind;
      return `${name} { ${v.operands.map(op).join(', ')} }`;
    }
    case 'repeat': return `[${op(v.operand)}; ${type(v.length)}]`;
    case 'discriminant': return `discriminant(${showPlace(v.place)})`;
    case 'length': return `length(${showPlace(v.place)})`;
  }
}

export function showStatement(s: Statement, type: TypeText): string {
  switch (s.kind) {
    case 'assign': return `${showPlace(s.place)} = ${showRvalue(s.value, type)}`;
    case 'storageLive': return `live _${s.local}`;
    case 'storageDead': return `dead _${s.local}`;
    case 'fakeRead': return `look (${s.why}) ${showPlace(s.place)}`;
    case 'mark': return `# ${s.span.start}..${s.span.end}`;
    case 'ascribe': return `${showPlace(s.place)}: ${type(s.written)}`;
    case 'nop': return 'nop';
  }
}

export function showTerminator(t: Terminator, type: TypeText): string {
  const op = (o: Operand): string => showOperand(o, type);
  const to = (target: number | null, unwind: number | null): string => ` -> ${target === null ? '!' : `b${target}`}${unwind === null ? '' : `, unwind b${unwind}`}`;
  switch (t.kind) {
    case 'goto': return `goto b${t.target}`;
    case 'switch': return `switch ${op(t.operand)} [${t.values.map((v, i) => `${v}: b${t.targets[i]}`).join(', ')}, else b${t.otherwise}]`;
    case 'return': case 'unreachable': case 'resume': return t.kind;
    case 'drop': return `drop ${t.replace ? '(replace) ' : ''}${showPlace(t.place)}${to(t.target, t.unwind)}`;
    case 'call': return `${showPlace(t.destination)} = call ${op(t.callee)}(${t.args.map(op).join(', ')})${to(t.target, t.unwind)}`;
    case 'checked': return `${showPlace(t.destination)} = checked ${t.op}(${op(t.left)}${t.right === null ? '' : `, ${op(t.right)}`})${to(t.target, t.unwind)}`;
    case 'bounds': return `bounds ${op(t.index)} < ${op(t.length)} (${t.verdict})${to(t.target, t.unwind)}`;
    case 'guard': return `guard ${t.access} ${op(t.pointer)}: ${type(t.type)} (${t.verdict})${to(t.target, t.unwind)}`;
    case 'falseEdge': return `goto b${t.real} (or b${t.imaginary})`;
    case 'falseUnwind': return `goto b${t.real} (loop)`;
  }
}

export function showBlock(block: Block, id: number, type: TypeText): string {
  const lines = block.statements.map(s => `    ${showStatement(s, type)}`);
  return [`  b${id}${block.cleanup ? ' (unwinding)' : ''}:`, ...lines, `    ${showTerminator(block.terminator, type)}`].join('\n');
}

export function showGraph(graph: Graph, type: TypeText): string {
  const locals = graph.locals.map((l, i) => `  _${i}: ${type(l.type)}  # ${l.name ?? ''}${l.name === null ? l.role : ` (${l.mutable ? 'mut ' : ''}${l.role})`}`);
  const promoted = graph.promoted.map((p, i) => `promoted ${i}:\n${showGraph(p, type)}`);
  return [`flow ${graph.owner}`, ...locals, ...graph.blocks.map((b, i) => showBlock(b, i, type)), ...promoted].join('\n');
}
