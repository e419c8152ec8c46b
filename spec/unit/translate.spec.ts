/**
 * The register form means what the stack code means: random structured functions (blocks that give values, loops, tests at either end,
 * tables, pending locals that change underneath, multi-value results) give the same results as WebAssembly made from the same code,
 * both interpreted and compiled by `vm/wasm`.
 * A failing seed is in the message; `SEED=… node --import tsx spec/unit/translate.spec.ts` prints the program.
 */
import * as assert from 'uvu/assert';
import { draftProgram } from '../../vm/code/assemble.ts';
import { disassembleFunction } from '../../vm/code/disassemble.ts';
import { verify } from '../../vm/code/verify.ts';
import { createMachine } from '../../vm/run/create.ts';
import { run } from '../../vm/run/run.ts';
import { speedUp } from '../../vm/wasm/tier.ts';
import { suite } from '../suite.ts';
import { lower } from './lowering.ts';

const test = suite('translation');
const host = { write: (_: number, bytes: Uint8Array) => bytes.length, read: () => 0, args: [], env: () => undefined, now: () => 0, wallClock: () => 0, sleep() {} };

type Kind = 'i32' | 'i64' | 'f64';
/** Locals of the function: two of each kind, some parameters; then the fuel. */
const locals: Kind[] = ['i32', 'i32', 'i32', 'i64', 'i64', 'f64', 'f64'];
const FUEL = locals.length;
const BASE = 100;
const CURSOR = 101;

function writer(seed: number) {
  let state = seed >>> 0;
  const pick = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * count);
  };
  const one = <Item>(items: readonly Item[]): Item => {
    const item = items[pick(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const temporaries: Kind[] = [];
  /** Labels that are open: the values that a branch carries, innermost last. */
  const labels: Kind[][] = [];
  const of = (kind: Kind): number => one([...locals.keys()].filter((local) => locals[local] === kind));

  function constant(kind: Kind): string {
    if (kind === 'f64') return `f64.const ${one(['0', '-1.5', '2.25', '1e9', '-0', '3'])}`;
    if (kind === 'i64') return `i64.const ${one(['0', '1', '-1', '4294967297', '-77', '1234567890123'])}`;
    return `i32.const ${one(['0', '1', '-1', '5', '100', '-2147483648', '65535'])}`;
  }

  function value(kind: Kind, depth: number): string {
    if (depth <= 0) return pick(2) === 0 ? constant(kind) : `local.get ${of(kind)}`;
    const less = depth - 1;
    switch (pick(21)) {
      case 0: return constant(kind);
      case 1: case 2: return `local.get ${of(kind)}`;
      case 3: return `${value(kind, less)} local.tee ${of(kind)}`;
      case 4: return `${value(kind, less)} ${value(kind, less)} ${value('i32', less)} select`;
      case 5: {
        labels.push([kind]);
        const text = `block ${kind} ${statements(less)} ${value(kind, less)} ${value('i32', less)} br_if 0 ${statements(less)} drop ${value(kind, less)} end`;
        labels.pop();
        return text;
      }
      case 6: {
        const condition = value('i32', less);
        labels.push([kind]);
        const text = `${condition} if ${kind} ${statements(less)} ${value(kind, less)} else ${value(kind, less)} end`;
        labels.pop();
        return text;
      }
      case 13: case 14: case 15: {
        // a local that is read once or twice, near, as generated code is full of
        const local = FUEL + 1 + temporaries.push(kind) - 1;
        const between = one(['', `local.get ${of(kind)}`, constant(kind), value(kind, less), `${statement(less)} ${constant(kind)}`]);
        const after = `local.get ${local} ${kind}.${kind === 'f64' ? 'sub' : one(['sub', 'add', 'xor'])}`;
        const start = `${one([value(kind, less), `local.get ${of(kind)}`])} local.set ${local}`;
        if (pick(3) === 0) {
          // handed from local to local, with others between, and read twice in the end
          const second = FUEL + temporaries.push(kind);
          const third = FUEL + temporaries.push(kind);
          const other = `${one([`local.get ${of(kind)}`, constant(kind)])} local.set ${third}`;
          if (kind === 'i32') {
            const test = one([`${value('i32', less)} i32.eqz`, `${value('i32', less)} ${value('i32', less)} i32.lt_s`, `${value('f64', less)} ${value('f64', less)} f64.le`]);
            return `${test} local.set ${local} ${other} local.get ${local} local.set ${second} local.get ${second} if i32 local.get ${second} else ${constant('i32')} end local.get ${second} i32.const 5 i32.mul i32.add local.get ${third} i32.add`;
          }
          const end = pick(2) === 0 ? `local.get ${second}` : `block ${kind} local.get ${second} ${value('i32', 1)} br_if 0 drop local.get ${second} end`;
          return `${start} ${other} local.get ${local} local.set ${second} ${end} local.get ${second} ${kind}.${kind === 'f64' ? 'mul' : 'xor'} local.get ${third} ${kind}.sub`;
        }
        if (pick(3) === 0) return `${start} ${between === '' ? constant(kind) : between} ${after} ${after}`;
        return between === '' ? `${start} local.get ${local}` : `${start} ${between} ${after}`;
      }
      // memory: an address that never changes, one that does, sums and indices of them
      case 18: case 19: {
        const address = one([`local.get ${BASE}`, `local.get ${CURSOR}`, `local.get ${BASE} ptr.offset 24`, `local.get ${CURSOR} ptr.offset 8`, `local.get ${BASE} ${value('i32', less)} i32.const 7 i32.and ptr.index 8`, `local.get ${BASE} i32.const 3 ptr.index 8`]);
        return `${address} ${kind}.load ${one([0, 8, 16])}`;
      }
      // small callees, which are written in place of their calls
      case 16: if (kind === 'i32') return `${value('i32', less)} ${value('i32', less)} call ${one([3, 4, 5, 6, 7, 8])}`; break;
      case 17: if (kind === 'i64') return `${value('i64', less)} ${value('i32', less)} call ${one([9, 10])}`; break;
      case 7: if (kind === 'i32') return `${value('i32', less)} i32.eqz`; break;
      case 11: {
        // a local is pending while it changes
        const local = of(kind);
        return `local.get ${local} ${value(kind, less)} local.tee ${local} ${kind}.${kind === 'i32' ? 'xor' : 'sub'}`;
      }
      case 12: {
        const local = of(kind);
        return `local.get ${local} block _ ${statements(less)} ${value(kind, less)} local.set ${local} end local.get ${local} ${kind}.${kind === 'f64' ? 'add' : 'xor'}`;
      }
      case 8: if (kind === 'i32') return `${value('f64', less)} ${value('f64', less)} f64.${one(['lt', 'le', 'gt', 'ge', 'eq', 'ne'])}`; break;
      case 9:
        if (kind === 'i32') return `${value('i64', less)} ${value('i64', less)} i64.${one(['lt_s', 'le_u', 'gt_s', 'ge_u', 'eq', 'ne', 'gt_u'])}`;
        if (kind === 'i64') return `${value('i32', less)} i64.extend_i32_${one(['s', 'u'])}`;
        return `${value('i32', less)} f64.convert_i32_s`;
      case 10:
        if (kind === 'i32') return `${value('i32', less)} ${value('i32', less)} i32.${one(['lt_s', 'le_u', 'gt_s', 'ge_u', 'eq', 'ne', 'gt_u'])}`;
        break;
      default:
    }
    const verb = kind === 'f64' ? one(['add', 'sub', 'mul', 'div']) : one(['add', 'sub', 'mul', 'and', 'or', 'xor', 'shl', 'shr_u', 'shr_s']);
    return `${value(kind, less)} ${value(kind, less)} ${kind}.${verb}`;
  }

  /** A branch to some open label, if one carries nothing. */
  function away(): string {
    const open = [...labels.keys()].filter((label) => (labels[labels.length - 1 - label] ?? ['i32']).length === 0);
    return open.length === 0 ? '' : `${value('i32', 1)} br_if ${one(open)}`;
  }

  function statement(depth: number): string {
    const less = depth - 1;
    const kind = one<Kind>(['i32', 'i64', 'f64']);
    if (depth <= 0) return `${value(kind, 1)} local.set ${of(kind)}`;
    switch (pick(12)) {
      case 9: return `local.get ${BASE} ptr.offset ${one([0, 16, 32])} local.set ${CURSOR}`;
      case 10: {
        const address = one([`local.get ${CURSOR} ptr.offset 8`, `local.get ${CURSOR}`, `local.get ${BASE} ${value('i32', less)} i32.const 7 i32.and ptr.index 8`]);
        return `${address} ${value(kind, less)} ${kind}.store ${one([0, 8])}`;
      }
      case 11: return `local.get ${one([BASE, CURSOR])} ptr.offset ${one([0, 8])} local.get ${CURSOR} ptr.offset 4 i32.const ${one([1, 4, 8, 12, 16, 20])} memory.copy`;
      case 0: case 1: return `${value(kind, less)} local.set ${of(kind)}`;
      case 2: {
        labels.push([]);
        const text = `${statements(less)} ${away()} ${statements(less)}`;
        labels.pop();
        return `block _ ${text} end`;
      }
      case 3: {
        const condition = value('i32', less);
        labels.push([]);
        const text = `${condition} if _ ${statements(less)} ${pick(2) === 0 ? '' : `else ${statements(less)}`} end`;
        labels.pop();
        return text;
      }
      case 4: case 5: {
        // A loop pays fuel; without any it returns.
        labels.push([], []);
        const first = pick(2) === 0 ? `${value('i32', 1)} br_if 1` : '';
        const inside = `${statements(less)} ${away()}`;
        const last = pick(2) === 0 ? 'br 0' : `${value('i32', 1)} br_if 0`;
        labels.length -= 2;
        return `block _ loop _ ${first} local.get ${FUEL} i32.const 1 i32.sub local.tee ${FUEL} i32.const 0 i32.lt_s if _ local.get 0 local.get 5 return end ${inside} ${last} end end`;
      }
      case 6: {
        labels.push([], [], []);
        const index = value('i32', less);
        labels.length -= 3;
        return `block _ block _ block _ ${index} br_table [0 1 2] end ${statement(less)} br 1 end ${statement(less)} end`;
      }
      case 7: return `${value('i32', less)} ${value('f64', less)} call 2 local.set ${of('f64')} local.set ${of('i32')}`;
      default: return away();
    }
  }
  const statements = (depth: number): string => Array.from({ length: pick(3) }, () => statement(depth)).join(' ');

  const body = `i32.const 200 local.set ${FUEL} local.get ${BASE} local.set ${CURSOR} ${Array.from({ length: 6 }, () => statement(3)).join(' ')}
    local.get 0 local.get 1 i32.xor local.get 2 i32.add local.get 3 local.get 4 i64.xor i32.wrap_i64 i32.add local.get 5 local.get 6 f64.add end`;
  return draftProgram([
    { name: 'main', results: ['i32'], body: 'i32.const 3 i32.const -4 i64.const 77 i32.const 256 i32.const 16 alloc_zeroed system call 1 i32.trunc_sat_f64_s i32.xor end' },
    { name: 'f', params: ['i32', 'i32', 'i64'].length === 3 ? ['i32', 'i32', 'i64'] : [], results: ['i32', 'f64'], locals: [], body: 'end' },
    { name: 'swap', params: ['i32', 'f64'], results: ['i32', 'f64'], body: 'local.get 1 i32.trunc_sat_f64_s local.get 0 f64.convert_i32_s end' },
    { name: 'subtract', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 0 local.get 1 i32.sub end' },
    { name: 'second', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 1 return end' },
    { name: 'least', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 0 local.get 1 i32.lt_s if _ local.get 0 return end local.get 1 end' },
    { name: 'changes', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 0 local.get 1 local.set 0 local.get 0 i32.mul local.get 0 i32.xor return end' },
    { name: 'nested', params: ['i32', 'i32'], results: ['i32'], body: 'local.get 1 local.get 0 call 3 local.get 0 local.get 1 call 5 call 6 end' },
    { name: 'exits', params: ['i32', 'i32'], results: ['i32'], body: 'block _ local.get 0 i32.const 3 i32.and br_table [0 1 2] end local.get 1 br 0 end i32.const 9 local.get 1 i32.add end'.replace('br_table [0 1 2] end local.get 1 br 0 end', 'i32.const 1 i32.gt_s br_if 0 local.get 1 i32.const 7 i32.mul return end') },
    { name: 'wide', params: ['i64', 'i32'], results: ['i64'], body: 'local.get 0 local.get 1 i64.extend_i32_s i64.rotl local.get 0 i64.add end' },
    { name: 'zeros', params: ['i64', 'i32'], results: ['i64'], body: 'local.get 1 if _ local.get 0 local.set 2 end local.get 2 local.get 0 i64.xor end' },
  ].map((draft) => (draft.name === 'f' ? { name: 'f', params: ['i32', 'i32', 'i64', 'i32'] as Kind[], results: ['i32', 'f64'] as Kind[], locals: [...(['i64', 'i32', 'f64', 'f64', 'i32', 'i32'] as Kind[]), ...temporaries], body: remap(body) } : { ...draft, locals: draft.name === 'zeros' ? ['i64'] : [], params: draft.params as Kind[] | undefined ?? [], results: draft.results as Kind[] })));
}

/** Locals are numbered by kind above; parameters come first here: i32 i32 i64 and the base, then i64 i32 f64 f64, the fuel and the cursor. */
function remap(body: string): string {
  const order: Record<string, number> = { 0: 0, 1: 1, 2: 5, 3: 2, 4: 4, 5: 6, 6: 7, 7: 8, [BASE]: 3, [CURSOR]: 9 };
  return body.replace(/local\.(get|set|tee) (\d+)/g, (_, verb, local) => `local.${verb} ${order[String(local)] ?? Number(local) + 2}`);
}

const only = Number(process.env['SEED'] ?? 0);
for (let seed = only || 1; seed <= (only || 200); seed += 1) {
  test(`seed ${seed}`, () => {
    const program = writer(seed * 7919);
    if (only) console.log(disassembleFunction(program, 1));
    assert.equal(verify(program), []);
    const options = { heap: 1 << 20, calls: 1000, stack: 1 << 16 };
    const m = createMachine(program, host, options);
    run(m);
    // The same with everything compiled where it is first found: entered from any branch, left for whatever is unusual.
    const hot = createMachine(program, host, options);
    speedUp(hot, { slice: 0, hot: 1 });
    run(hot);
    const bytes = lower(program);
    const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { alloc: () => 1024, memory: new WebAssembly.Memory({ initial: 1 }) } }).exports;
    const main = exports['main'];
    if (typeof main !== 'function') throw new Error('no main');
    assert.is(m.status, 'finished', m.trap?.message);
    const expected: unknown = main();
    assert.is(m.exit, expected, `SEED=${seed}`);
    assert.is(hot.status, 'finished', hot.trap?.message);
    assert.is(hot.exit, expected, `SEED=${seed}, compiled`);
  });
}
