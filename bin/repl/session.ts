/**
 * A session: lines that were accepted, the machine as it stands after the last of them, and what happens when one more comes. In: text of an entry.
 * Out: what became of it, as data; a face words it. A line that the checker refuses, that faults, panics or is interrupted leaves the session as it was.
 * The session is one script (`lib/ide/session.ts`). Where the code of old lines is the same as before, the machine goes on with the new one; else the whole
 * script runs again with its old lines muted and their input given again. Invariant: `machine` is at the halt after the last entry, or null (to be made).
 */
import { checkEntry, complete, checkSession, emitSession, hasErrors, isWorthShowing, readEntry, type Completion, type Problem, type SessionBase, type SessionCheck, type SessionCode, type SessionEntry } from '../../lib/index.ts';
import { createMachine, interrupt, run, type Machine, type Program } from '../../vm/index.ts';
import { SessionHost, type Event, type Face } from './outside.ts';

export interface Times {
  readonly check: number;
  readonly emit: number;
  readonly run: number;
  /** The machine went on where it stood. */
  readonly continued: boolean;
}

export type Outcome =
  /** Nothing but blanks and comments. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Accepted, but to run only when a later line tells its types. */
  | { readonly kind: 'waits'; readonly problems: readonly Problem[] }
  | { readonly kind: 'done'; readonly shown: string | null; readonly type: string | null; readonly problems: readonly Problem[]; readonly times: Times }
  /** The machine stopped: fault, panic, interruption; or the program ended itself (`stop` null). */
  | { readonly kind: 'stopped'; readonly machine: Machine; readonly exit: number; readonly interrupted: boolean; readonly times: Times };

interface Accepted {
  readonly entry: SessionEntry;
  /** How many events there were after it. */
  events: number;
}

/** Branches and calls between two looks at the world. */
const SLICE = 3_000_000;

const AMBIGUOUS = new Set(['E0282', 'E0283', 'E0284']);

export class Session {
  readonly base: SessionBase;
  readonly face: Face;
  readonly #ids: { next: number };
  readonly #events: Event[] = [];
  readonly #args: readonly string[];
  #accepted: Accepted[] = [];
  #waiting: SessionEntry[] = [];
  #undone: string[] = [];
  #code: SessionCode | null = null;
  #machine: Machine | null = null;
  #host: SessionHost | null = null;
  /** The machine of the last line that stopped, for `:post`. */
  post: Machine | null = null;
  /** Called after each change of what is accepted, so that it can be saved. */
  onChange: () => void = () => undefined;

  constructor(base: SessionBase, face: Face, args: readonly string[] = []) {
    this.base = base;
    this.face = face;
    this.#ids = { next: base.library.nextId };
    this.#args = args;
  }

  get entries(): readonly SessionEntry[] {
    return this.#accepted.map(one => one.entry);
  }

  get waiting(): readonly SessionEntry[] {
    return this.#waiting;
  }

  /** The number of the line that comes next. */
  get number(): number {
    return this.#accepted.length + this.#waiting.length + 1;
  }

  /** The machine where it stands, when it need not be made again first. */
  get standing(): Machine | null {
    return this.#machine;
  }

  get check(): SessionCheck | null {
    return this.#code?.check ?? null;
  }

  get program(): Program | null {
    return this.#code?.program ?? null;
  }

  /** Whether more lines could complete the text. */
  isIncomplete(text: string): boolean {
    return readEntry(this.base, this.#name(), text, this.#ids).incomplete;
  }

  /** Checks an entry without accepting it: for types, completion and `:show`. */
  look(text: string): SessionCheck {
    return checkEntry(this.base, [...this.entries, ...this.#waiting], readEntry(this.base, this.#name(), text, this.#ids), this.#ids);
  }

  async submit(text: string): Promise<Outcome> {
    const outcome = await this.#submit(text);
    if (outcome.kind === 'done' || outcome.kind === 'waits') this.#undone = [];
    return outcome;
  }

  async #submit(text: string): Promise<Outcome> {
    const started = performance.now();
    const read = readEntry(this.base, this.#name(), text, this.#ids);
    if (hasErrors(read.problems)) return { kind: 'refused', problems: read.problems };
    if (read.tree.items.length === 0 && read.tree.statements.length === 0) return { kind: 'nothing' };
    let waiting = this.#waiting;
    let check = checkEntry(this.base, [...this.entries, ...waiting], read, this.#ids);
    if (hasErrors(check.problems) && waiting.length > 0) {
      // What waits may be none of its business.
      const alone = checkEntry(this.base, this.entries, read, this.#ids);
      if (!hasErrors(alone.problems)) [check, waiting] = [alone, []];
    }
    if (hasErrors(check.problems)) {
      const errors = check.problems.filter(p => p.severity === 'error');
      const entry = check.entries[check.entries.length - 1];
      const onlyLets = read.tree.items.length === 0 && read.tree.statements.every(s => s.kind === 'let');
      if (entry !== undefined && onlyLets && errors.every(p => AMBIGUOUS.has(p.code))) {
        this.#waiting = [...this.#waiting, entry];
        this.onChange();
        return { kind: 'waits', problems: errors };
      }
      return { kind: 'refused', problems: own(check.problems, read.file.id) };
    }
    const checkedAt = performance.now();
    const code = emitSession(this.base, check, 'debug', this.#code);
    if (code.program === null) {
      this.#code = null;
      return { kind: 'refused', problems: code.problems };
    }
    const emittedAt = performance.now();
    const old = this.#accepted.length;
    const { machine, host, continued, interrupted } = await this.#advance(code.program, old, check.entries.length, true);
    const times: Times = { check: checkedAt - started, emit: emittedAt - checkedAt, run: performance.now() - emittedAt, continued };
    if (machine.status !== 'halted') {
      // As it was before the line: what stood is made again when somebody asks.
      this.#events.length = this.#accepted[old - 1]?.events ?? 0;
      this.#code = null;
      this.#machine = null;
      this.post = machine;
      return { kind: 'stopped', machine, exit: machine.exit, interrupted, times };
    }
    this.#code = code;
    this.#machine = machine;
    this.#host = host;
    this.#accepted = check.entries.map((entry, i) => this.#accepted[i] ?? { entry, events: this.#events.length });
    this.#waiting = waiting === this.#waiting ? [] : this.#waiting;
    this.onChange();
    const { value } = check;
    const last = check.entries[check.entries.length - 1];
    const worth = value !== null && isWorthShowing(value.type) && last !== undefined && last.shown !== 'none';
    return { kind: 'done', shown: worth ? host.filter.shown : null, type: worth ? value.text : null, problems: check.problems, times };
  }

  /** The machine after the last entry, made again when it has to be; null for an empty session, or when it was interrupted. */
  async machine(): Promise<Machine | null> {
    if (this.#machine !== null || this.#accepted.length === 0) return this.#machine;
    if (this.#code === null) this.#code = emitSession(this.base, checkSession(this.base, this.entries, this.#ids), 'debug', null);
    const { program } = this.#code;
    if (program === null) return null;
    const count = this.#accepted.length;
    const { machine, host } = await this.#advance(program, count, count, false);
    if (machine.status !== 'halted') return null;
    this.#machine = machine;
    this.#host = host;
    return machine;
  }

  completion(textBefore: string): Completion {
    return complete(this.base, this.entries, this.check, textBefore, this.#ids);
  }

  /** Lets the script end as a file does: variables are dropped. The session is over then. */
  async finish(): Promise<Machine | null> {
    const machine = await this.machine();
    if (machine === null || this.#host === null) return null;
    this.#host.onHalt = () => undefined;
    this.#host.muted = false;
    await this.#go(machine);
    this.#machine = null;
    return machine;
  }

  /** Takes back the last entry; gives its text. */
  undo(): string | null {
    const waiting = this.#waiting.pop();
    if (waiting !== undefined) {
      this.#undone.push(waiting.text);
      this.onChange();
      return waiting.text;
    }
    const taken = this.#accepted.pop();
    if (taken === undefined) return null;
    this.#undone.push(taken.entry.text);
    this.#forget();
    return taken.entry.text;
  }

  /** The text that `:redo` brings back. */
  takeRedo(): string | null {
    return this.#undone.pop() ?? null;
  }

  /** Submits what was undone without forgetting what else was. */
  async redo(text: string): Promise<Outcome> {
    return this.#submit(text);
  }

  reset(): void {
    this.#accepted = [];
    this.#waiting = [];
    this.#undone = [];
    this.post = null;
    this.#forget();
  }

  /** The session as a script. */
  script(): string {
    return [...this.entries, ...this.#waiting].map(entry => `${entry.text.trimEnd()}\n`).join('');
  }

  #forget(): void {
    this.#events.length = this.#accepted[this.#accepted.length - 1]?.events ?? 0;
    this.#code = null;
    this.#machine = null;
    this.onChange();
  }

  #name(): string {
    return `<${this.number}>`;
  }

  /** Brings a machine from the halt after entry `from` to the one after entry `to`, in a machine of its own: old lines run muted. */
  async #advance(program: Program, from: number, to: number, loud: boolean): Promise<{ machine: Machine; host: SessionHost; continued: boolean; interrupted: boolean }> {
    const host = new SessionHost(this.face, this.#events, ['altru', ...this.#args]);
    const machine = createMachine(program, host);
    host.muted = !loud || from > 0;
    host.onStop = () => interrupt(machine);
    host.onHalt = haltAt(machine, host, from, to, loud);
    const interrupted = await this.#go(machine);
    return { machine, host, continued: false, interrupted };
  }

  /** Runs in slices until the machine halts or ends; true when it was interrupted. */
  async #go(machine: Machine): Promise<boolean> {
    for (;;) {
      if (run(machine, SLICE) !== 'paused') return machine.status === 'stopped' && this.face.interrupted();
      await new Promise(resolve => setImmediate(resolve));
      if (!this.face.interrupted()) continue;
      interrupt(machine);
      return true;
    }
  }
}

/** Old halts are passed; at `from` the line begins to be heard, at `to` the machine stands still, and passes when it is run again. */
function haltAt(machine: Machine, host: SessionHost, from: number, to: number, loud: boolean): (n: number) => void {
  let stood = false;
  return n => {
    if (n === from && loud) host.muted = false;
    if (n !== to || stood) return;
    stood = true;
    machine.status = 'halted';
    machine.changed = true;
  };
}

/** Problems in the new line first; where there are none, those elsewhere (an old line that the new one makes wrong). */
function own(problems: readonly Problem[], file: number): readonly Problem[] {
  const mine = problems.filter(p => p.span.file === file);
  return mine.some(p => p.severity === 'error') ? mine : problems;
}
