/**
 * One body of stack code → register code: the switch over the rows of the table. Structure is in `branches.ts`, numbers and memory in
 * `arithmetic.ts`, operands in `translation.ts`. In: a translation at the start of a body. Out: its writer filled. Cost: one pass, linear.
 */
import { nextAt, op, opcodes } from '../code/opcodes.ts';
import type { OpName } from '../code/opcodes.ts';
import type { Mark } from '../code/program.ts';
import { trapNumber } from '../code/reasons.ts';
import { checked, copyByValue, load, narrow, numeric, shift, store } from './arithmetic.ts';
import { branchIf, branchTable, branchTo, close, leave, open, openIf, otherwise, outermost, skip } from './branches.ts';
import { factsOf } from './facts.ts';
import { assign, binary, constantAt, localOperand, OWN, own, place, pop, push, result, settle, slotAt, slotOf, top, unary, usedOnce, withConstant } from './translation.ts';
import type { Operand, Translation } from './translation.ts';
import { barrier, beginInlined, endInlined, lastInto, retarget, write } from './writer.ts';
import type { LocalPlace } from './writer.ts';

/** Arguments go to consecutive slots, which are the callee's first locals; the results come back there. */
function writeCall(t: Translation, params: number, results: number, make: (slot: number) => void): void {
  const from = t.stack.length - params;
  for (let depth = from; depth < t.stack.length; depth += 1) settle(t, depth);
  make(own(t, from));
  pop(t, params);
  for (let each = 0; each < results; each += 1) push(t, OWN);
}

/** How deep calls are written in place inside each other, and how long a function may become by it. */
const DEEPEST_INLINE = 6;
const LONGEST = 6000;

/**
 * Writes a small callee in place of its call: its parameters are the caller's operands themselves, its locals and operands lie above
 * them. What is written leads back to the callee too (`writer.inlined`), so call stacks stay whole. False when it is not small.
 */
function inlineCall(t: Translation, index: number): boolean {
  const { program, writer, stack } = t;
  const code = program.functions[index];
  const signature = code && program.signatures[code.signature];
  if (!code || !signature || t.watched.calls || t.watched.statements || t.watched.moments || t.chain.length > DEEPEST_INLINE || t.chain.includes(index) || writer.words.length > LONGEST) return false;
  const facts = factsOf(code, signature.params.length);
  if (!facts.small) return false;
  // Methods of allocators tell of themselves where they stand in the stack of calls.
  for (const host of facts.hosts) if (program.imports[host]?.name === 'allocator_enter') return false;
  const params = signature.params.length;
  const from = stack.length - params;
  const slots: number[] = [];
  const given: (Operand | undefined)[] = [];
  const reads = new Map<number, number>();
  for (let local = 0; local < params; local += 1) {
    const operand = stack[from + local];
    const slot = own(t, from + local);
    const count = facts.reads.get(local) ?? 0;
    slots.push(slot);
    if (facts.changed.has(local)) settle(t, from + local);
    else given[local] = operand && operand.kind !== 'own' ? operand : { kind: 'local', value: slot, high: 0 };
    if (operand?.kind === 'own' || facts.changed.has(local)) reads.set(slot, count);
    else if (operand?.kind === 'local' && count === 1 && usedOnce(t, operand.value)) reads.set(operand.value, 1);
  }
  for (let local = 0; local < code.locals.length; local += 1) {
    slots.push(own(t, stack.length + local));
    reads.set(own(t, stack.length + local), facts.reads.get(params + local) ?? 0);
  }
  const mark = beginInlined(writer, index);
  const inside: Translation = {
    ...t, code, signature, cleanup: false, body: code.body, firstSlot: t.firstSlot + stack.length + code.locals.length, frameSlot: -1,
    slots, given, single: facts.single, fixed: new Map(), passed: new Set(), inline: { to: own(t, from), unpacked: setsAll(t, signature.results.length), patches: [], results: null, mark }, chain: [...t.chain, index], reads, aliases: new Map(), stack: [], blocks: [], deepest: 0, at: 0,
  };
  for (const local of facts.zeros) write(writer, 'zero', slots[local] ?? 0, 1);
  const gone = writer.gone.length;
  translate(inside);
  if (program.provenance) mark.places = placesOf(inside, new Set(writer.gone.slice(gone)));
  t.deepest = Math.max(t.deepest, stack.length + code.locals.length + inside.deepest, from + signature.results.length);
  const { patches, results } = inside.inline ?? { patches: [], results: null };
  if (patches.length > 0) {
    const pc = barrier(writer);
    for (const word of patches) writer.words[word] = pc;
  }
  endInlined(writer);
  pop(t, params);
  if (results === null) for (let each = 0; each < signature.results.length; each += 1) push(t, OWN);
  else if (results.length === 1) for (const operand of results) push(t, handOver(t, operand));
  else for (const operand of results) push(t, operand.kind !== 'const' && operand.value >= own(t, from) ? { ...operand, frail: true } : operand);
  return true;
}

/** Where the locals of a callee that was written in place are, but for those whose value went to its readers unwritten. */
function placesOf({ slots, given, fixed, passed }: Translation, gone: ReadonlySet<number>): Map<number, LocalPlace> {
  const places = new Map<number, LocalPlace>();
  slots.forEach((slot, local) => {
    const place = given[local] ?? fixed.get(local) ?? (passed.has(local) ? undefined : { kind: 'local' as const, value: slot, high: 0 });
    if (place !== undefined && (place.kind === 'const' || !gone.has(place.value))) places.set(local, place);
  });
  return places;
}

/** Are the values of the call that stands here set into locals at once, all of them? */
function setsAll(t: Translation, count: number): boolean {
  let at = nextAt(t.body, t.at);
  for (let each = 0; each < count; each += 1) {
    if (t.body[at] !== SET) return false;
    at = nextAt(t.body, at);
  }
  return true;
}

/** The one result of a callee that was written in place, as an operand of the caller at the next depth. */
function handOver(t: Translation, operand: Operand): Operand {
  const to = own(t, t.stack.length);
  if (operand.kind === 'const' || operand.value < to) return operand;
  if (operand.kind === 'local' && operand.value === to) return OWN;
  const last = operand.kind === 'local' ? lastInto(t.writer, operand.value) : undefined;
  if (last) retarget(t.writer, last, to);
  else place(t, operand, to);
  return OWN;
}

/** An address in the memory frame that carries the number of the stretch it is in, when that is watched. */
function frameAddress(t: Translation, offset: number): void {
  const watched = t.watchedSlots.find(({ at, size }) => offset >= at && offset < at + size);
  if (!watched) result(t, 'frame.slot', t.stack.length, t.frameSlot, offset);
  else if (watched.at === offset) push(t, { kind: 'local', value: watched.slot, high: 0 });
  else result(t, 'ptr.add#', t.stack.length, watched.slot, offset - watched.at);
}

function lifeOfSlot(t: Translation, name: 'frame.live' | 'frame.dead', offset: number, size: number): void {
  const slot = t.watchedSlots.find(({ at }) => at === offset)?.slot ?? -1;
  if (slot < 0) return;
  // Whoever holds the address still means the stretch as it was.
  for (let depth = 0; depth < t.stack.length; depth += 1) if (t.stack[depth]?.value === slot) settle(t, depth);
  if (name === 'frame.live') write(t.writer, name, slot, size);
  else write(t.writer, name, slot, size === 0 ? 1 : 0);
}

const GET = op('local.get');
const SET = op('local.set');
const DROP = op('drop');
const NULL = op('check.null');
const ALIGN = op('check.align');
const ACCESS = op('check.access');
/** How far a reader may be. */
const WINDOW = 24;

const nameAt = (t: Translation, at: number): OpName | undefined => opcodes[t.body[at] ?? -1]?.name;

/**
 * The value on top is set into a local. When all its readers are near and nothing comes between, the local is not written: the readers
 * get the operand itself. The cases: its only reader comes at once; the operand is a local or a constant that stays what it is until
 * the last reader; or one more operand is read first and both go into an operation. True when this is done, with `t.at` still on the
 * set or its reader.
 */
function passOn(t: Translation, local: number): boolean {
  const { body, stack } = t;
  const reads = t.reads.get(slotOf(t, local)) ?? 0;
  const operand = stack[top(t)];
  let at = nextAt(body, t.at);
  if (reads === 1 && body[at] === GET && body[at + 1] === local) {
    t.at = at;
    return true;
  }
  if (operand?.kind === 'own') {
    if (reads !== 1 || !joins(t, at, local)) return false;
    pop(t, 1);
    t.aliases.set(local, { operand: { kind: 'local', value: own(t, stack.length), high: 0 }, left: 1 });
    return true;
  }
  if (!operand || operand.frail || reads === 0 || reads > 4) return false;
  let seen = 0;
  for (let step = 0; step < WINDOW; step += 1) {
    if (body[at] === GET && body[at + 1] === local) {
      seen += 1;
      if (seen === reads) {
        pop(t, 1);
        inherit(t, operand, reads);
        t.aliases.set(local, { operand, left: reads });
        return true;
      }
    }
    const row = opcodes[body[at] ?? -1];
    if (!row || (row.effect.startsWith('@') && !/^@(KK|K|Ks|KKf|local|drop|select|call|host)/.test(row.effect)) || row.effect.endsWith('@stop')) return false;
    if (row.name === 'local.set' || row.name === 'local.tee') {
      const changed = body[at + 1] ?? -1;
      if (changed === local || (operand.kind !== 'const' && slotOf(t, changed) === operand.value)) return false;
    }
    at = nextAt(body, at);
  }
  return false;
}

/**
 * The value on top is set into a local that is set nowhere else, before all of its readers. When it is a constant, or a local that
 * never changes after it was set, the readers get that instead.
 */
function fix(t: Translation, local: number): boolean {
  const operand = t.stack[top(t)];
  if (!operand || operand.kind === 'own' || operand.frail || !t.single.has(local)) return false;
  if (operand.kind !== 'const' && !stays(t, operand.value)) return false;
  pop(t, 1);
  inherit(t, operand, t.reads.get(slotOf(t, local)) ?? 0);
  t.fixed.set(local, operand);
  return true;
}

/** The readers of a local that is not written become readers of what it was set to, in place of the set itself. */
function inherit(t: Translation, operand: Operand, readers: number): void {
  const before = operand.kind === 'local' || operand.kind === 'sum' ? t.reads.get(operand.value) : undefined;
  if (before !== undefined) t.reads.set(operand.value, before - 1 + readers);
}

/** Does the local in this slot keep the value that it has now? */
function stays(t: Translation, slot: number): boolean {
  if (slot === t.frameSlot) return true;
  const local = t.slots.indexOf(slot);
  if (local < 0) return t.given.some((operand) => (operand?.kind === 'local' || operand?.kind === 'sum') && operand.value === slot);
  if (local < t.signature.params.length) return !factsOf(t.code, t.signature.params.length).changed.has(local) && !t.cleanup;
  return t.single.has(local);
}

/** Is what stands here: one operand that needs no slot, the local, and an operation on the two? */
function joins(t: Translation, at: number, local: number): boolean {
  const { body } = t;
  const reader = nextAt(body, at);
  if (body[reader] !== GET || body[reader + 1] !== local) return false;
  const row = opcodes[body[nextAt(body, reader)] ?? -1];
  if (!row) return false;
  if (nameAt(t, at) === 'i32.const') return exchangeable.test(row.name);
  const plain = /^(i32 i32|i64 i64|f32 f32|f64 f64) -> |^@KK$/.test(row.effect) && !/^(alloc|memory|check|catch)/.test(row.name);
  const other = body[at + 1] ?? -1;
  // A local that stands for a constant, or for an address in the frame, would be written where the value waits.
  const asItIs = (operand: Operand | undefined): boolean => operand === undefined || operand.kind === 'local';
  return plain && body[at] === GET && !t.aliases.has(other) && asItIs(t.given[other]) && asItIs(t.fixed.get(other));
}
/** Operations that take a constant on their left into the instruction. */
const exchangeable = /^i32\.(add|mul|and|or|xor|eq|ne|[lg][te]_[su])$/;

/**
 * A check of an address that the next access makes anyway: the load or store that follows at once goes through the same local, and
 * stops in the same way when the address is null; when it is not aligned, `stop.ts` finds the check that was left out.
 */
function checkIsAccess(t: Translation): boolean {
  const { body, stack } = t;
  const operand = stack[top(t)];
  if (operand?.kind !== 'local' || t.watched.accesses) return false;
  let at = nextAt(body, t.at);
  while (body[at] === NULL || body[at] === ALIGN) at = nextAt(body, at);
  if (t.program.provenance) return body[t.at] === NULL && body[at] === ACCESS;
  if (body[at] !== DROP) return false;
  at = nextAt(body, at);
  const again = body[at] === GET ? localOperand(t, body[at + 1] ?? -1) : undefined;
  if (again?.kind !== 'local' || again.value !== operand.value || t.aliases.has(body[at + 1] ?? -1)) return false;
  at = nextAt(body, at);
  const simple = /^(local\.get|...\.const)$/.test(nameAt(t, at) ?? '');
  const access = nameAt(t, simple ? nextAt(body, at) : at) ?? '';
  const offset = body[(simple ? nextAt(body, at) : at) + 1] ?? 0;
  if (!(simple ? /^(i32|i64|f32|f64|ptr)\.store/ : /^(i32|i64|f32|f64|ptr)\.load/).test(access) || offset !== 0) return false;
  const reads = t.reads.get(operand.value);
  // The read that was only for the check is gone; the last check of a row takes it away.
  if (reads !== undefined && body[nextAt(body, t.at)] === DROP) t.reads.set(operand.value, reads - 1);
  return true;
}

export function translate(t: Translation): void {
  const { program, body, writer, stack, watched, frameSlot } = t;
  const tracked = program.provenance;
  const marks: readonly Mark[] = t.cleanup ? t.code.cleanupMarks : t.code.marks;
  let mark = 0;
  const moments = watched.moments && !t.cleanup ? factsOf(t.code, t.signature.params.length).moments : null;
  t.blocks.push(outermost(t));
  if (t.cleanup) push(t, OWN);
  while (t.at < body.length) {
    if (t.inline) t.inline.mark.origin = t.at;
    else writer.origin = t.cleanup ? -1 - t.at : t.at;
    if (watched.moments && moments?.has(t.at) === true) {
      barrier(writer);
      write(writer, 'watch.moment', writer.origin);
    }
    if (watched.statements && (watched.library || t.code.std !== true)) {
      while (mark < marks.length && (marks[mark]?.at ?? 0) < t.at) mark += 1;
      if (marks[mark]?.at === t.at && marks[mark]?.statement) {
        barrier(writer);
        write(writer, 'watch.statement', writer.origin);
      }
    }
    const row = opcodes[body[t.at] ?? -1];
    if (!row) throw new Error(`there is no instruction ${body[t.at]}`);
    const first = body[t.at + 1] ?? 0;
    const second = body[t.at + 2] ?? 0;
    const name: OpName = row.name;
    const head = top(t);
    switch (name) {
      case 'block': case 'loop': open(t, name, first); break;
      case 'if':
        openIf(t, first);
        continue;
      case 'else':
        otherwise(t, false);
        continue;
      case 'end':
        close(t, false);
        continue;
      case 'br':
        branchTo(t, first);
        continue;
      case 'br_if':
        branchIf(t, first);
        continue;
      case 'br_table':
        branchTable(t, body.slice(t.at + 2, t.at + 3 + first));
        continue;
      case 'return':
        leave(t);
        t.at = nextAt(body, t.at);
        skip(t);
        continue;
      case 'unreachable': case 'trap': case 'panic': case 'resume': case 'panic.text':
        if (name === 'unreachable') write(writer, 'trap', trapNumber('unreachable'));
        else if (name === 'resume') write(writer, 'resume');
        else if (name === 'panic.text') write(writer, 'panic.text', slotAt(t, head - 1), slotAt(t, head));
        else write(writer, name, first);
        t.at = nextAt(body, t.at);
        skip(t);
        continue;
      case 'drop': pop(t, 1); break;
      case 'select': {
        const one = slotAt(t, head - 2);
        const other = slotAt(t, head - 1);
        result(t, 'select', head - 2, one, other, slotAt(t, head));
        break;
      }
      case 'call': {
        const called = program.functions[first];
        const type = called && program.signatures[called.signature];
        if (!inlineCall(t, first)) writeCall(t, type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'call.lazy', first, slot));
        break;
      }
      case 'call_indirect': {
        const type = program.signatures[first];
        const pointer = slotAt(t, head);
        pop(t, 1);
        writeCall(t, type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'call_indirect', first, pointer, slot));
        break;
      }
      case 'host.call': {
        const type = program.imports[first]?.signature;
        writeCall(t, type?.params.length ?? 0, type?.results.length ?? 0, (slot) => write(writer, 'host', first, slot));
        break;
      }
      case 'catch_call': {
        const pointer = slotAt(t, head - 1);
        settle(t, head);
        // The callee's frame begins at the data pointer, above the function pointer.
        write(writer, 'catch_call', own(t, head - 1), pointer, own(t, head));
        write(writer, 'catch_done', own(t, head - 1));
        pop(t, 2);
        push(t, OWN);
        break;
      }
      case 'local.get': {
        const alias = t.aliases.get(first);
        push(t, alias?.operand ?? localOperand(t, first));
        if (alias && alias.left > 1) t.aliases.set(first, { operand: alias.operand, left: alias.left - 1 });
        else t.aliases.delete(first);
        break;
      }
      case 'local.set':
        if (passOn(t, first)) {
          t.passed.add(first);
          break;
        }
        if (fix(t, first)) break;
        assign(t, first);
        pop(t, 1);
        break;
      case 'local.tee':
        assign(t, first);
        stack[head] = localOperand(t, first);
        break;
      case 'i32.const': case 'f32.const': push(t, { kind: 'const', value: first, high: 0 }); break;
      case 'i64.const': case 'f64.const': push(t, { kind: 'const', value: first, high: second }); break;
      case 'i32.reinterpret_f32': case 'i64.reinterpret_f64': case 'f32.reinterpret_i32': case 'f64.reinterpret_i64': break;
      case 'ptr.from':
        if (tracked) unary(t, 'ptr.from');
        break;
      case 'i32.wrap_i64':
        if (tracked) unary(t, 'i32.wrap');
        else if (stack[head]?.kind === 'const') stack[head] = { kind: 'const', value: stack[head]?.value ?? 0, high: 0 };
        break;
      case 'i64.extend_i32_s': case 'i64.extend_i32_u': {
        const constant = constantAt(t, head);
        if (constant !== undefined) stack[head] = { kind: 'const', value: constant, high: name === 'i64.extend_i32_s' ? constant >> 31 : 0 };
        else unary(t, name === 'i64.extend_i32_s' ? 'i64.extend_s' : 'i64.extend_u');
        break;
      }
      case 'i64.extend32_s': unary(t, 'i64.extend_s'); break;
      case 'i32.load': case 'i64.load': case 'f32.load': case 'f64.load': case 'i32.load8_s': case 'i32.load8_u': case 'i32.load16_s': case 'i32.load16_u':
      case 'i64.load8_s': case 'i64.load8_u': case 'i64.load16_s': case 'i64.load16_u': case 'i64.load32_s': case 'i64.load32_u': case 'ptr.load':
        load(t, name, first);
        break;
      case 'i32.store': case 'i64.store': case 'f32.store': case 'f64.store': case 'i32.store8': case 'i32.store16': case 'i64.store8': case 'i64.store16': case 'i64.store32': case 'ptr.store':
        store(t, name, first);
        break;
      case 'memory.copy': case 'memory.fill': {
        if (name === 'memory.copy' && copyByValue(t)) break;
        const to = slotAt(t, head - 2);
        const from = slotAt(t, head - 1);
        write(writer, name, to, from, slotAt(t, head));
        pop(t, 3);
        break;
      }
      case 'memory.compare': {
        const one = slotAt(t, head - 2);
        const other = slotAt(t, head - 1);
        result(t, name, head - 2, one, other, slotAt(t, head));
        break;
      }
      case 'ptr.add': {
        const constant = constantAt(t, head);
        const add = tracked ? 'ptr.add' : 'i32.add';
        if (constant !== undefined) withConstant(t, `${add}#`, constant);
        else binary(t, add);
        break;
      }
      case 'ptr.offset': {
        const address = stack[head];
        if (!tracked && (address?.kind === 'local' || address?.kind === 'sum')) stack[head] = { ...address, kind: 'sum', high: (address.high + first) | 0 };
        else {
          push(t, { kind: 'const', value: first, high: 0 });
          withConstant(t, tracked ? 'ptr.add#' : 'i32.add#', first);
        }
        break;
      }
      case 'ptr.index': {
        const constant = constantAt(t, head);
        if (constant !== undefined) withConstant(t, tracked ? 'ptr.add#' : 'i32.add#', Math.imul(constant, first));
        else if (first === 1 && tracked) binary(t, 'ptr.add');
        else binary(t, tracked ? 'ptr.index' : 'index', first);
        break;
      }
      case 'static.addr': push(t, { kind: 'const', value: t.statics.start + first, high: tracked ? t.statics.number(first) : 0 }); break;
      case 'frame.addr':
        if (tracked) frameAddress(t, first);
        else push(t, first === 0 ? { kind: 'local', value: frameSlot, high: 0 } : { kind: 'sum', value: frameSlot, high: first });
        break;
      case 'frame.live': case 'frame.dead':
        if (tracked) lifeOfSlot(t, name, first, second);
        break;
      case 'stack_alloc': unary(t, 'stack_alloc'); break;
      case 'add.checked': case 'sub.checked': case 'mul.checked': case 'div.checked': case 'rem.checked': case 'neg.checked': checked(t, name, first); break;
      case 'shl.checked': case 'shr.checked': shift(t, name, first); break;
      case 'add.overflowing': case 'sub.overflowing': case 'mul.overflowing': {
        const one = slotAt(t, head - 1);
        const other = slotAt(t, head);
        write(writer, name, own(t, head - 1), one, other, first);
        pop(t, 2);
        push(t, OWN);
        push(t, OWN);
        break;
      }
      case 'narrow': narrow(t, first); break;
      case 'check.bounds': {
        const constant = constantAt(t, head);
        const index = slotAt(t, head - 1);
        if (constant !== undefined) write(writer, 'check.bounds#', index, constant);
        else write(writer, 'check.bounds', index, slotAt(t, head));
        pop(t, 1);
        break;
      }
      case 'check.null':
        if (!checkIsAccess(t)) write(writer, 'check.null', slotAt(t, head));
        break;
      case 'check.align':
        if (!checkIsAccess(t)) write(writer, 'check.align', slotAt(t, head), first - 1);
        break;
      case 'check.access': write(writer, 'check.access', slotAt(t, head), first, second); break;
      case 'check.range': {
        const address = slotAt(t, head - 1);
        write(writer, 'check.range', address, slotAt(t, head), first);
        pop(t, 2);
        break;
      }
      case 'check.copy': {
        const to = slotAt(t, head - 2);
        const from = slotAt(t, head - 1);
        write(writer, 'check.copy', to, from, slotAt(t, head), first, second);
        pop(t, 3);
        break;
      }
      case 'check.pair': {
        const one = slotAt(t, head - 1);
        write(writer, 'check.pair', one, slotAt(t, head));
        pop(t, 2);
        break;
      }
      case 'check.value': write(writer, 'check.value', slotAt(t, head), first, second, body[t.at + 3] ?? 0); break;
      case 'alloc': case 'alloc_zeroed': binary(t, name, first); break;
      case 'realloc': {
        const block = slotAt(t, head - 2);
        const size = slotAt(t, head - 1);
        result(t, name, head - 2, block, size, slotAt(t, head), first);
        break;
      }
      case 'free':
        write(writer, 'free', slotAt(t, head), first);
        pop(t, 1);
        break;
      case 'memory.poison': case 'memory.unpoison': case 'memory.initialised':
        if (tracked) {
          const address = slotAt(t, head - 1);
          if (name === 'memory.poison') write(writer, name, address, slotAt(t, head), first);
          else write(writer, name, address, slotAt(t, head));
        }
        pop(t, 2);
        break;
      default: numeric(t, name);
    }
    t.at = nextAt(body, t.at);
  }
}
