/**
 * The way through register code. Of a function, once: basic blocks, loops, and what is alive where and as what type it is wanted next
 * (`analyse`). Of a piece of it that is compiled, from one pc on (`cut`): its blocks, the order and the dominators that structured code is
 * made from; where the piece ends stands a block that leads outside. In: code, an entry, the slots that a cleanup body may read.
 * Invariant: what is alive before an instruction that goes out to the interpreter is all that the interpreter may read there.
 */
import type { Signature } from '../code/program.ts';
import { OPPOSITE } from '../run/branches.ts';
import { I64 } from './bytes.ts';
import { ANY, stepAt } from './operands.ts';
import type { Code, Step, Wanted } from './operands.ts';

export type Alive = ReadonlyMap<number, Wanted>;

export type Block = {
  readonly pc: number;
  readonly steps: { readonly pc: number; readonly step: Step }[];
  /** Blocks that follow, by number: the taken ones, then the one below. */
  next: number[];
  /** Wanted at the start. */
  alive: Map<number, Wanted>;
  /** Not part of what is compiled: the interpreter goes on here. */
  readonly outside?: true;
};

export type Range = { readonly from: number; readonly to: number };

export type Analysis = {
  readonly blocks: readonly Block[];
  readonly numbers: ReadonlyMap<number, number>;
  readonly always: Alive;
  /** Loops by their stretch of code, which structured code always is, inner before outer. */
  readonly loops: readonly Range[];
};

export type Flow = {
  readonly blocks: readonly Block[];
  /** Alive at the end of a block. */
  readonly after: (block: Block) => Map<number, Wanted>;
  /** By block: place in reverse postorder (-1: never reached by code that is written), immediate dominator, merge points, loop heads. */
  readonly order: readonly number[];
  readonly place: Int32Array;
  readonly children: readonly (readonly number[])[];
  readonly merges: ReadonlySet<number>;
  readonly loops: ReadonlySet<number>;
  /** Each loop has one way in: what jumps back goes to a block that all ways pass. */
  readonly structured: boolean;
};

const join = (one: Wanted, other: Wanted): Wanted => (one === other || other === ANY ? one : one === ANY ? other : I64);

/** What is alive before a step, from what is alive after it; in place. */
export function before(step: Step, alive: Map<number, Wanted>, always: Alive): void {
  // What is only passed on is wanted as what it becomes.
  const passed = step.name === 'move' || step.name === 'select' ? (alive.get(step.writes[0]?.[0] ?? -1) ?? ANY) : ANY;
  for (const [slot] of step.writes) {
    const keep = always.get(slot);
    if (keep === undefined) alive.delete(slot);
    else alive.set(slot, keep);
  }
  for (const [slot, type] of step.reads) {
    const wanted = type === ANY ? passed : type;
    const known = alive.get(slot);
    alive.set(slot, known === undefined ? wanted : join(wanted, known));
  }
}

/** Most words of a function that are looked at. */
const LARGEST = 20_000;

/** `straight`: loops that were turned round go back to the test at their top. */
export function analyse(code: Code, entry: number, own: Signature, always: Alive, straight = false): Analysis | null {
  const steps = new Map<number, Step>();
  const leaders = new Set<number>([entry]);
  const work = [entry];
  let words = 0;
  for (let pc = work.pop(); pc !== undefined; pc = work.pop()) {
    while (!steps.has(pc)) {
      const step = stepAt(code, pc, own);
      steps.set(pc, step);
      words += step.words;
      if (words > LARGEST) return null;
      for (const target of step.targets) {
        leaders.add(target);
        work.push(target);
      }
      if (!step.falls) break;
      pc += step.words;
      if (step.targets.length > 0) leaders.add(pc);
    }
    // Ran into code that was looked at before: it begins a block, if this is not its only way in.
    leaders.add(pc);
  }
  if (straight) for (const [pc, head] of turned(code, steps)) {
    const { words: size = 0 } = steps.get(pc) ?? {};
    steps.set(pc, { name: 'br', words: size, reads: [], writes: [], targets: [head], falls: false, exits: false, mayExit: false, turned: true });
    leaders.add(head);
  }
  const blocks: Block[] = [];
  const numbers = new Map<number, number>();
  for (const pc of [entry, ...[...leaders].filter((leader) => leader !== entry && steps.has(leader)).sort((one, other) => one - other)]) {
    numbers.set(pc, blocks.length);
    blocks.push({ pc, steps: [], next: [], alive: new Map() });
  }
  for (const block of blocks) {
    for (let pc = block.pc; ; ) {
      const step = steps.get(pc);
      if (!step) break;
      block.steps.push({ pc, step });
      pc += step.words;
      const last = !step.falls || step.targets.length > 0 || numbers.has(pc);
      if (!last) continue;
      block.next = [...step.targets, ...(step.falls ? [pc] : [])].map((to) => numbers.get(to) ?? -1);
      break;
    }
  }
  live(blocks, always);
  const heads = new Map<number, number>();
  for (const [pc, { targets, words: size }] of steps) for (const target of targets) if (target <= pc) heads.set(target, Math.max(heads.get(target) ?? 0, pc + size));
  const loops = [...heads].map(([from, to]) => ({ from, to })).sort((one, other) => one.to - one.from - (other.to - other.from));
  return { blocks, numbers, always, loops };
}

/**
 * Tests at the bottom of loops, with the same test at the top. A loop whose two ways after the test both come back has two ways in once it is turned
 * round, one behind each outcome of the test at its top.
 */
function turned(code: Code, steps: ReadonlyMap<number, Step>): [bottom: number, top: number][] {
  const words = code.words();
  const found: [number, number][] = [];
  for (const [pc, step] of steps) {
    const [into] = step.targets;
    if (into === undefined || !step.falls || step.targets.length !== 1) continue;
    const out = steps.get(pc + step.words);
    const head = into - step.words;
    const test = steps.get(head);
    if (head >= pc || test === undefined || out?.name !== 'br' || !test.falls || test.targets.length !== 1 || test.words !== step.words || test.targets[0] !== out.targets[0]) continue;
    let same = OPPOSITE.get(code.operationAt(head)) === step.name;
    for (let word = 1; word < step.words - 1; word += 1) same &&= words[head + word] === words[pc + word];
    if (same) found.push([pc, head]);
  }
  return found;
}

/** The piece of a function that can be reached from a pc, within a stretch of its code. */
export function cut(code: Code, { blocks: all, numbers, always }: Analysis, entry: number, own: Signature, range: Range | null): Flow | null {
  const blocks: Block[] = [];
  const places = new Map<number, number>();
  const fresh = ({ pc, step }: { readonly pc: number; readonly step: Step }): { readonly pc: number; readonly step: Step } => ({ pc, step: step.turned ? step : stepAt(code, pc, own) });
  const add = (number: number): number => {
    const known = places.get(number);
    if (known !== undefined) return known;
    const block = all[number];
    if (!block) return -1;
    const place = blocks.length;
    places.set(number, place);
    if (range && (block.pc < range.from || block.pc >= range.to)) blocks.push({ pc: block.pc, steps: [], next: [], alive: block.alive, outside: true });
    else {
      const made: Block = { pc: block.pc, steps: block.steps.map(fresh), next: [], alive: block.alive };
      blocks.push(made);
      made.next = block.next.map(add);
    }
    return place;
  };
  const whole = numbers.get(entry);
  if (whole !== undefined) add(whole);
  else {
    // Inside a block: the rest of it comes first, and stays a block of its own.
    const around = all.find(({ steps }) => steps.some(({ pc }) => pc === entry));
    if (!around) return null;
    const at = around.steps.findIndex(({ pc }) => pc === entry);
    const alive = afterOf(all, around, always);
    for (let place = around.steps.length - 1; place >= at; place -= 1) {
      const step = around.steps[place]?.step;
      if (step) before(step, alive, always);
    }
    const rest: Block = { pc: entry, steps: around.steps.slice(at).map(fresh), next: [], alive };
    blocks.push(rest);
    rest.next = around.next.map(add);
    const again = blocks[places.get(numbers.get(around.pc) ?? -1) ?? -1];
    if (again && !again.outside) {
      again.steps.length = at;
      again.next = [0];
    }
  }
  return { blocks, after: (block) => afterOf(blocks, block, always), ...shape(blocks) };
}

function afterOf(blocks: readonly Block[], block: Block, always: Alive): Map<number, Wanted> {
  const alive = new Map<number, Wanted>(always);
  for (const next of block.next) {
    for (const [slot, type] of blocks[next]?.alive ?? []) {
      const known = alive.get(slot);
      alive.set(slot, known === undefined ? type : join(known, type));
    }
  }
  return alive;
}

function live(blocks: readonly Block[], always: Alive): void {
  const previous = new Map<Block, Block[]>();
  for (const block of blocks) for (const next of block.next) {
    const to = blocks[next];
    if (to) previous.set(to, [...(previous.get(to) ?? []), block]);
  }
  const work = [...blocks];
  const waiting = new Set(blocks);
  for (let block = work.pop(); block; block = work.pop()) {
    waiting.delete(block);
    const alive = afterOf(blocks, block, always);
    for (let at = block.steps.length - 1; at >= 0; at -= 1) {
      const step = block.steps[at]?.step;
      if (step) before(step, alive, always);
    }
    let changed = alive.size !== block.alive.size;
    for (const [slot, type] of alive) changed ||= block.alive.get(slot) !== type;
    if (!changed) continue;
    // Only ever more, and wider: what was wanted in two ways stays so.
    for (const [slot, type] of block.alive) {
      const known = alive.get(slot);
      alive.set(slot, known === undefined ? type : join(known, type));
    }
    let grew = alive.size !== block.alive.size;
    for (const [slot, type] of alive) grew ||= block.alive.get(slot) !== type;
    if (!grew) continue;
    block.alive = alive;
    for (const from of previous.get(block) ?? []) {
      if (waiting.has(from)) continue;
      waiting.add(from);
      work.push(from);
    }
  }
}

/** Blocks that follow when what is left to the interpreter never comes back. */
export const wayOn = (block: Block): readonly number[] => (block.steps.some(({ step }) => step.exits) ? [] : block.next);

function shape(blocks: readonly Block[]): Omit<Flow, 'blocks' | 'after'> {
  const count = blocks.length;
  const place = new Int32Array(count).fill(-1);
  const seen = new Uint8Array(count);
  const finished: number[] = [];
  const stack: { readonly block: number; next: number }[] = [{ block: 0, next: 0 }];
  seen[0] = 1;
  for (let top = stack[stack.length - 1]; top; top = stack[stack.length - 1]) {
    const block = blocks[top.block];
    const next = block && wayOn(block)[top.next];
    top.next += 1;
    if (next === undefined) {
      finished.push(top.block);
      stack.pop();
    } else if (seen[next] === 0) {
      seen[next] = 1;
      stack.push({ block: next, next: 0 });
    }
  }
  const order = finished.reverse();
  order.forEach((block, at) => {
    place[block] = at;
  });
  const previous: number[][] = blocks.map(() => []);
  for (const from of order) for (const to of new Set(blocks[from] ? wayOn(blocks[from]) : [])) previous[to]?.push(from);
  const dominator = new Int32Array(count).fill(-1);
  dominator[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const block of order) {
      if (block === 0) continue;
      let best = -1;
      for (const from of previous[block] ?? []) {
        if ((dominator[from] ?? -1) < 0) continue;
        if (best < 0) best = from;
        else {
          let other = from;
          while (best !== other) {
            while ((place[best] ?? 0) > (place[other] ?? 0)) best = dominator[best] ?? 0;
            while ((place[other] ?? 0) > (place[best] ?? 0)) other = dominator[other] ?? 0;
          }
        }
      }
      if (dominator[block] !== best) {
        dominator[block] = best;
        changed = true;
      }
    }
  }
  const children: number[][] = blocks.map(() => []);
  for (const block of order) if (block !== 0) children[dominator[block] ?? 0]?.push(block);
  const merges = new Set<number>();
  const loops = new Set<number>();
  let structured = true;
  for (const block of order) {
    let forward = 0;
    for (const from of previous[block] ?? []) {
      if ((place[from] ?? 0) >= (place[block] ?? 0)) {
        loops.add(block);
        let above = from;
        while ((place[above] ?? 0) > (place[block] ?? 0)) above = dominator[above] ?? 0;
        if (above !== block) structured = false;
      } else forward += 1;
    }
    if (forward > 1) merges.add(block);
    const source = blocks[block];
    if (source && source.steps[source.steps.length - 1]?.step.name === 'br_table') for (const to of wayOn(source)) if ((place[to] ?? 0) > (place[block] ?? 0)) merges.add(to);
  }
  return { order, place, children, merges, loops, structured };
}
