/**
 * A run gone forwards and backwards is the same run: the claim of `altru viz`, for one program. In: a program and how many of its steps to look at. Out: how many were looked at;
 * throws where two states differ. The state at every step has one hash, however the session came there; a second session has the same bytes in memory and the same output.
 */
import assert from 'node:assert/strict';
import type { Program } from '../vm/code/program.ts';
import { createMachine } from '../vm/run/create.ts';
import { run } from '../vm/run/run.ts';
import { openTimeline } from '../vm/watch/session.ts';
import type { Timeline } from '../vm/watch/timeline.ts';
import { type Case, collectCases } from './program-cases.ts';

/** Programs of the suite that run by themselves, ask no clock, and end. */
export const timeCases = (): Case[] => collectCases(import.meta.dirname).filter(c => c.promised.runs && !c.fragment && c.promised.errors.length === 0 && c.promised.input === '' && c.promised.args.length === 0 && c.promised.profiles.includes('debug') && !/now\(|Instant|time::|random|sleep|env::/.test(c.text));

/** Null when the run is too long to be followed to its end. */
export function bothWays(name: string, program: Program, steps: number): { readonly looked: number; readonly total: number } | null {
  const timeline = openTimeline(program);
  if (timeline.seek(Number.MAX_SAFE_INTEGER, { patience: 60_000_000 }).arrival !== 'end') return null;
  const total = timeline.total ?? 0;
  const last = timeline.stateHash();
  const plain = runPlainly(program);
  assert.equal(timeline.output, plain.output, `${name}: output`);
  assert.equal(timeline.machine.trap?.kind, plain.trap, `${name}: end`);
  const most = Math.min(total, steps);
  const there: string[] = [];
  timeline.seek(0);
  for (let at = 0; at < most; at++) {
    assert.equal(timeline.position, at, name);
    there.push(timeline.stateHash());
    timeline.forward('statement');
  }
  // Back one by one …
  for (let at = most - 1; at >= 0; at--) {
    timeline.back('statement');
    assert.equal(timeline.position, at, name);
    assert.equal(timeline.stateHash(), there[at], `${name}: back at ${at}`);
  }
  // … and n forward, n back, n forward.
  for (let n = 1; n < most; n *= 3) {
    timeline.forward('statement', n);
    assert.equal(timeline.stateHash(), there[n], `${name}: ${n} forward`);
    timeline.back('statement', n);
    assert.equal(timeline.stateHash(), there[0], `${name}: ${n} back`);
  }
  // A second session, and jumps about.
  const other = openTimeline(program);
  for (const at of [most >> 1, 1, most - 1, 0, most >> 2]) {
    if (at < 0 || at >= most) continue;
    other.seek(at);
    assert.equal(other.stateHash(), there[at], `${name}: another session at ${at}`);
    timeline.seek(at);
    sameBytes(timeline, other, `${name}: bytes at ${at}`);
  }
  timeline.seek(total);
  other.seek(total);
  assert.equal(timeline.stateHash(), last, `${name}: the end again`);
  assert.equal(other.output, plain.output, `${name}: output of another session`);
  sameBytes(timeline, other, `${name}: bytes at the end`);
  return { looked: most, total };
}

function sameBytes(one: Timeline, other: Timeline, said: string): void {
  const bytes = ({ machine: { space } }: Timeline): Buffer => Buffer.from(space.u8.buffer, space.u8.byteOffset, Math.min(space.end, space.u8.byteLength));
  assert.ok(bytes(one).equals(bytes(other)), said);
}

function runPlainly(program: Program): { output: string; trap: string | undefined } {
  const chunks: Uint8Array[] = [];
  const m = createMachine(program, {
    write: (_, bytes) => { chunks.push(bytes.slice()); return bytes.length; },
    read: () => 0, args: [program.name], env: () => undefined, now: () => 0, wallClock: () => 0, sleep: () => undefined,
  });
  run(m);
  return { output: Buffer.concat(chunks).toString('utf8'), trap: m.trap?.kind };
}
