/**
 * The table of memory errors: classes of bugs × allocators × sizes × offsets. One program for each allocator, the cell given by its arguments:
 * each cell must be found, with the right kind, the block that was meant, and where it was born and died; its clean twin stays silent.
 * Cost: nine compilations and some three hundred short runs; with `TABLE=all` three times that.
 */
import * as assert from 'uvu/assert';
import { createMachine, run, type Host, type Program } from '../../vm/index.ts';
import { makeReport } from '../../bin/world/run-report.ts';
import { compiled } from '../compiled.ts';
import { suite } from '../suite.ts';

type CreateOptions = NonNullable<Parameters<typeof createMachine>[2]>;

const test = suite('memory table');
const SIZES = [1, 3, 8, 24, 100, 5000];
/** `TABLE=all`: every size for every allocator; else two for each, so that all of them come. */
const all = process.env.TABLE === 'all';
const sizesOf = (row: number): readonly number[] => (all ? SIZES : SIZES.filter((_, i) => i % 3 === row % 3));

const bump = `use std::cell::Cell
use std::heap::Allocator
struct Own { start: *mut u8, size: usize, at: Cell[usize] }
impl Allocator for Own:
    fn allocate(&self, size: usize, align: usize) -> *mut u8:
        let start = (self.at.get() + align - 1) & ~(align - 1)
        if start + size > self.size: return null
        self.at.set(start + size)
        self.start + start
    fn deallocate(&self, ptr: *mut u8, size: usize, align: usize): pass
impl Drop for Own:
    fn drop(self): free(self.start)
fn own() -> Own: Own { start: alloc(40000), size: 40000, at: Cell::new(0) }
`;
const freeList = `use std::cell::Cell
use std::heap::Allocator
struct Hole { next: *mut Hole, size: usize }
struct Own { start: *mut u8, first: Cell[*mut Hole] }
fn rounded(size: usize) -> usize: (size.max(8) + 7) & ~7
impl Allocator for Own:
    fn allocate(&self, size: usize, align: usize) -> *mut u8:
        let need = rounded(size)
        let mut before: *mut Hole = null
        let mut at = self.first.get()
        while at != null:
            if at.size >= need:
                let mut next = at.next
                if at.size >= need + 8:
                    let rest = (at as *mut u8 + need) as *mut Hole
                    rest.size = at.size - need
                    rest.next = next
                    next = rest
                if before == null: self.first.set(next) else: before.next = next
                return at as *mut u8
            before = at
            at = at.next
        null
    fn deallocate(&self, ptr: *mut u8, size: usize, align: usize):
        let hole = ptr as *mut Hole
        hole.next = self.first.get()
        hole.size = rounded(size)
        self.first.set(hole)
impl Drop for Own:
    fn drop(self): free(self.start)
fn own() -> Own:
    let start = alloc(40000)
    let first = start as *mut Hole
    first.next = null
    first.size = 40000
    Own { start, first: Cell::new(first) }
`;

interface Way {
  readonly name: string;
  readonly before: string;
  readonly setup: string;
  /** The block of \`n\` bytes, the neighbour, and the end of one. */
  readonly take: string;
  readonly end: string | null;
  /** What frees a block that is not its own. */
  readonly wrong: string;
  readonly over: readonly string[];
  readonly under: readonly string[];
  readonly gone: string;
  readonly twice: readonly string[] | null;
  readonly options?: CreateOptions;
}

const heap = { before: '', setup: '', take: 'alloc(n)', end: 'free(p)', wrong: 'give(p + 1)', over: ['heap-buffer-overflow'], under: ['heap-buffer-overflow'], gone: 'heap-use-after-free', twice: ['double-free'] };
const nested = { wrong: 'give(p)', over: ['use-after-poison', 'heap-buffer-overflow'], under: ['use-after-poison', 'heap-buffer-overflow'] };
const ways: readonly Way[] = [
  ...(['slab', 'buddy', 'tlsf', 'bump'] as const).map(allocator => ({ ...heap, name: allocator, options: { allocator } })),
  { ...nested, name: 'arena', before: '', setup: 'let mut a = Arena::new(64)', take: 'arena_alloc(&mut a, n)', end: 'arena_reset(&mut a)', gone: 'use-after-reset', twice: null },
  { name: 'stack', before: '', setup: '', take: 'stack_alloc(n)', end: null, wrong: 'give(p)', over: ['dynamic-stack-buffer-overflow'], under: ['dynamic-stack-buffer-overflow'], gone: '', twice: null },
  { ...nested, name: 'own bump', before: bump, setup: 'let a = own()', take: 'a.allocate(n, 8)', end: 'a.deallocate(p, n, 8)', gone: 'heap-use-after-free', twice: ['double-free'] },
  { ...nested, name: 'own free list', before: freeList, setup: 'let a = own()', take: 'a.allocate(n, 8)', end: 'a.deallocate(p, n, 8)', gone: 'heap-use-after-free', twice: ['double-free'] },
];
/** Pools hand out values of a type: one program for each size. */
const pool = (size: number): Way => ({
  ...nested, name: 'pool', before: `@derive(Copy, Clone)\nstruct T { bytes: [u8; ${size}] }\n`, setup: 'let mut a = ObjectPool[T]::new(4)', take: 'pool_acquire(&mut a) as *mut T as *mut u8',
  end: 'pool_release(&mut a, unsafe: &mut *(p as *mut T))', gone: 'use-after-release', twice: ['double-release', 'use-after-release'],
});

/** Lines are told by what stands at their ends. */
const text = (way: Way): string => `${way.before}
fn give(p: *mut u8): free(p)

fn number(i: usize) -> i32: args().nth(i).unwrap().parse[i32]().unwrap()

fn main():
    let n = number(2) as usize
    let at = number(3)
    let kind = number(1)
    ${way.setup}
    let p = ${way.take}  # born
    let q = ${way.take}
    if kind == 5:
        println("{}", p[(n - 1)])  # uninit
    for i in 0..n:
        p[i] = 1
        q[i] = 2
    let to = if at == 1000000: q as usize as i32 - p as usize as i32 else: at
    if kind == 0: println("{}", *(p as usize as i32 + to) as usize)  # never
    elif kind == 1: println("{}", p[to as usize])  # read
    elif kind == 2: p[to as usize] = 3  # write
    elif kind == 3:
        ${way.end ?? 'pass'}  # died
        println("{}", p[to as usize])  # late
    elif kind == 4:
        ${way.end ?? 'pass'}  # first
        ${way.end ?? 'pass'}  # second
    elif kind == 6:
        ${way.wrong}
    elif kind == 7: println("{}", p[n - 1] + q[0])
    elif kind == 8:
        ${way.end ?? 'pass'}
    std::process::exit(0)
`.replace(/ {4}if kind == 0:.*\n {4}elif/, '    if');

const decoder = new TextDecoder();

function cell(program: Program, options: CreateOptions, args: readonly number[]): { readonly stop: ReturnType<typeof makeReport>['stop']; readonly size: number | undefined; readonly out: string; readonly exit: number } {
  let out = '';
  const host: Host = { write: (_, bytes) => { out += decoder.decode(bytes); return bytes.length; }, read: () => 0, args: ['table', ...args.map(String)], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined };
  const machine = createMachine(program, host, options);
  run(machine, 10_000_000);
  const { stop, exit } = makeReport(machine, null);
  return { stop, size: machine.trap?.fault?.block?.size, out, exit };
}

function look(way: Way, sizes: readonly number[]): number {
  const source = text(way);
  const lines = source.split('\n');
  const lineOf = (mark: string): number => lines.findIndex(line => line.endsWith(`# ${mark}`)) + 1;
  const program = compiled('table.altru', source);
  let cells = 0;
  const wrong: string[] = [];
  const expect = (args: readonly number[], kinds: readonly string[], line: number, size: number, died: number | null = null): void => {
    cells++;
    const found = cell(program, way.options ?? {}, args);
    const { stop } = found;
    const said = `${way.name} ${args.join(' ')}: `;
    if (stop === null || !kinds.includes(stop.kind)) wrong.push(`${said}${stop?.kind ?? `nothing, exit ${found.exit} ${found.out}`}, expected ${kinds.join(' or ')}`);
    else if (line > 0 && stop.at.line !== line) wrong.push(`${said}at line ${stop.at.line}, expected ${line}`);
    else if (found.size !== size || stop.born?.line !== lineOf('born')) wrong.push(`${said}block of ${found.size} bytes born at ${stop.born?.line}, expected ${size} at ${lineOf('born')}`);
    else if (died !== null && stop.died?.line !== died) wrong.push(`${said}died at ${stop.died?.line}, expected ${died}`);
  };
  const silent = (args: readonly number[]): void => {
    cells++;
    const found = cell(program, way.options ?? {}, args);
    if (found.stop !== null || found.exit !== 0) wrong.push(`${way.name} ${args.join(' ')}: ${found.stop?.kind ?? found.exit}, expected nothing`);
  };
  for (const size of sizes) {
    for (const [kind, mark] of [[1, 'read'], [2, 'write']] as const) {
      for (const at of [size, size + 1, size + 5000, 1000000]) expect([kind, size, at], at === 1000000 ? [...way.over, 'heap-buffer-overflow'] : way.over, lineOf(mark), size);
      expect([kind, size, -1], way.under, lineOf(mark), size);
      silent([kind, size, 0]);
    }
    if (way.end !== null) {
      for (const at of [0, size - 1]) expect([3, size, at], [way.gone], lineOf('late'), size, lineOf('died'));
      silent([8, size, 0]);
    }
    if (way.twice !== null) expect([4, size, 0], way.twice, lineOf('second'), size, lineOf('first'));
    if (way.name !== 'pool') expect([5, size, 0], ['use-of-uninitialized-value'], lineOf('uninit'), size);
    if (size > 1 || way.wrong !== 'give(p + 1)') expect([6, size, 0], ['bad-free', 'alloc-dealloc-mismatch'], 0, size);
    silent([7, size, 0]);
  }
  assert.equal(wrong, []);
  return cells;
}

let cells = 0;
for (const [row, way] of ways.entries()) test(`${way.name}: each cell is found, and its twin is silent`, () => void (cells += look(way, sizesOf(row))));
test('pool: each cell is found, and its twin is silent', () => {
  for (const size of all ? SIZES : [24]) cells += look(pool(size), [size]);
  assert.ok(cells > (all ? 900 : 280), `${cells} cells`);
});
