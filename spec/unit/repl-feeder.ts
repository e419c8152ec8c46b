/**
 * Feeds a session as a person would: a script's items first, then each statement as a line of its own. In: text. Out: what the session wrote
 * and how it ended. For the specs of the REPL.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Session, type Outcome } from '../../bin/repl/session.ts';
import type { Face } from '../../bin/repl/outside.ts';
import { decodeLibrary, storedText, readEntry, Sources, type Problem, type SessionBase } from '../../lib/index.ts';

const store = readFileSync(join(import.meta.dirname, '../../dist/std.store'));

export class Paper implements Face {
  out = '';
  err = '';
  input = '';
  stop = false;
  readonly #decoders = [new TextDecoder(), new TextDecoder()];

  write(stream: number, bytes: Uint8Array): void {
    const text = this.#decoders[stream === 2 ? 1 : 0]?.decode(bytes, { stream: true }) ?? '';
    if (stream === 2) this.err += text;
    else this.out += text;
  }

  read(into: Uint8Array): number {
    const bytes = new TextEncoder().encode(this.input).subarray(0, into.length);
    into.set(bytes);
    this.input = new TextDecoder().decode(new TextEncoder().encode(this.input).subarray(bytes.length));
    return bytes.length;
  }

  sleep(): void {
    // Nobody waits in a spec.
  }

  interrupted(): boolean {
    return this.stop;
  }
}

/** The library is opened once and serves all sessions of a spec: each has sources of its own behind it. */
export function newBase(): SessionBase {
  const sources = new Sources();
  const library = decodeLibrary(storedText(store), sources);
  if (library === null) throw new Error('the stored library does not fit: build first');
  return { sources, library, load: () => null };
}

export function newSession(base: SessionBase = newBase(), args: readonly string[] = []): { session: Session; paper: Paper } {
  const paper = new Paper();
  return { session: new Session(base, paper, args), paper };
}

/** The entries that a program is fed as; null when it does not parse. */
export function entriesOf(base: SessionBase, text: string): string[] | null {
  const read = readEntry(base, '<whole>', text, { next: base.library.nextId });
  if (read.problems.some(p => p.severity === 'error')) return null;
  const { items, statements } = read.tree;
  // Attributes stand before the span of their item.
  const ranges = items.map(item => ({ start: Math.min(item.span.start, ...item.attributes.map(a => a.span.start)), end: item.span.end }));
  const unit = ranges.map(({ start, end }) => text.slice(lineStart(text, start), end)).join('\n');
  const lines = statements.map(s => text.slice(s.span.start, s.span.end));
  if (statements.length === 0) lines.push('main()');
  return [...(unit === '' ? [] : [unit]), ...lines];
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

export interface Fed {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
  /** The first refusal. */
  readonly refused: readonly Problem[] | null;
  readonly outcomes: readonly Outcome[];
}

export async function feed(base: SessionBase, entries: readonly string[], input = '', args: readonly string[] = []): Promise<Fed> {
  const { session, paper } = newSession(base, args);
  paper.input = input;
  const outcomes: Outcome[] = [];
  for (const entry of entries) {
    const outcome = await session.submit(entry);
    outcomes.push(outcome);
    if (outcome.kind === 'refused') return { out: paper.out, err: paper.err, exit: 1, refused: outcome.problems, outcomes };
    if (outcome.kind === 'stopped') return { out: paper.out, err: paper.err, exit: outcome.stop.report.exit, refused: null, outcomes };
  }
  const end = await session.finish();
  return { out: paper.out, err: paper.err, exit: end === null ? 0 : session.report(end).exit, refused: null, outcomes };
}
