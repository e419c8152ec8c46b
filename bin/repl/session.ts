/**
 * A session: lines that were accepted, the machine as it stands after the last of them, and what happens when one more comes. In: text of an entry.
 * Out: what became of it, as data; a face words it. A line that the checker refuses, that faults, panics or is interrupted leaves the session as it was.
 * The session is one script (`lib/ide/session.ts`). Where the code of old lines is the same as before, the machine goes on with the new one; else the whole
 * script runs again with its old lines muted and their input given again. Invariant: `machine` is at the halt after the last entry, or null (to be made).
 */
import { checkEntry, complete, checkSession, emitSession, hasErrors, isWorthShowing, readEntry, type Completion, type Problem, type SessionBase, type SessionCheck, type Read, type SessionCode, type SessionEntry } from '../../lib/index.ts';
import { beforeOf, createKeeper, createMachine, goBack, goOn, interrupt, run, STATIC_ROOM, takePicture, type Before, type Keeper, type Machine, type Moment, type Picture, type Program } from '../../vm/index.ts';
import { makeReport, type RunReport } from '../world/run-report.ts';
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
  | { readonly kind: 'stopped'; readonly stop: Stopped; readonly interrupted: boolean; readonly times: Times };

/** A line that did not come to its end: fault, panic, interruption, or the program ended itself. The machine has gone on since: this is how it was. */
export interface Stopped {
  /** Its trap, program and status; its memory is not to be looked at. */
  readonly machine: Machine;
  readonly report: RunReport;
  readonly picture: Picture;
}

interface Accepted {
  readonly entry: SessionEntry;
  /** How many events there were after it. */
  events: number;
  /** How all stood before it, when it can be put back. */
  back: Back | null;
}

/** A machine of the session as it was at an earlier halt. */
interface Back {
  readonly machine: Machine;
  readonly moment: Moment;
  readonly before: Before;
  readonly code: SessionCode;
}

/** So many lines are taken back at once; for those before them the script runs again. */
const MOST_BACK = 20;

/** Branches and calls between two looks at the world. */
const SLICE = 3_000_000;

/** Words of translated code in a machine. */
const MOST_CODE = 6_000_000;

/** What is only true once the script ends: the next line may see to it. */
const ATEND = new Set(['W2001']);

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
  #keeper: Keeper | null = null;
  /** How the machine stood after the last line; pages that did not change since are shared with the next. */
  #moment: Moment | null = null;
  /** False: every line is checked with the whole script, as it could always be. For specs that compare. */
  mayBeBrief = true;
  /** The last line that stopped, for `:post`. */
  post: Stopped | null = null;
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

  /** The last check, in which earlier lines may be told in brief. */
  get check(): SessionCheck | null {
    return this.#code?.check ?? null;
  }

  /** The whole script and its code, for those who look at them. */
  whole(): SessionCode | null {
    return this.#code === null || !this.#code.check.isBrief ? this.#code : emitSession(this.base, checkSession(this.base, this.entries, this.#ids), 'debug', null);
  }

  /** Whether more lines could complete the text. */
  isIncomplete(text: string): boolean {
    return readEntry(this.base, this.#name(), text, this.#ids).incomplete;
  }

  /** Checks an entry without accepting it: for types, completion and `:show`. */
  look(text: string): SessionCheck {
    return checkEntry(this.base, [...this.entries, ...this.#waiting], readEntry(this.base, this.#name(), text, this.#ids), this.#ids, this.#known());
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
    return (await this.#take(read, started, this.mayBeBrief)) ?? (await this.#take(read, started, false)) ?? { kind: 'nothing' };
  }

  /** The last check, when a machine stands where it ends and may go on with what is checked behind it. */
  #known(): SessionCheck | null {
    const { machine, code } = this.#standing();
    return machine === null || code === null || code.kept === null ? null : code.check;
  }

  #standing(): { machine: Machine | null; code: SessionCode | null } {
    // Every version of the script leaves its code in the machine: now and then it begins anew.
    const anew = this.#machine === null || this.#machine.codeEnd - this.#machine.codeBase > MOST_CODE;
    return anew ? { machine: null, code: null } : { machine: this.#machine, code: this.#code };
  }

  /** Takes what was read; null when it was checked in brief and the machine cannot go on with that. */
  async #take(read: Read, started: number, mayBeBrief: boolean): Promise<Outcome | null> {
    let waiting = this.#waiting;
    let check = checkEntry(this.base, [...this.entries, ...waiting], read, this.#ids, this.#known(), mayBeBrief);
    if (hasErrors(check.problems) && waiting.length > 0) {
      // What waits may be none of its business.
      const alone = checkEntry(this.base, this.entries, read, this.#ids, this.#known(), mayBeBrief);
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
    const code = emitSession(this.base, check, 'debug', this.#standing().code);
    if (check.isBrief && (code.program === null || code.resume === null)) return null;
    if (code.program === null) return { kind: 'refused', problems: code.problems };
    const emittedAt = performance.now();
    const old = this.#accepted.length;
    const advance = await this.#advance(code, old, check.entries.length);
    if (advance === null) return null;
    const { machine, host, continued, interrupted, stop } = advance;
    const times: Times = { check: checkedAt - started, emit: emittedAt - checkedAt, run: performance.now() - emittedAt, continued };
    if (stop !== null) {
      this.post = stop;
      return { kind: 'stopped', stop, interrupted, times };
    }
    const back = advance.back !== null && check.entries.length === old + 1 && this.#code !== null ? { ...advance.back, code: this.#code } : null;
    this.#code = code;
    this.#stand(machine, host);
    this.#accepted = check.entries.map((entry, i) => this.#accepted[i] ?? { entry, events: this.#events.length, back });
    const far = this.#accepted[this.#accepted.length - 1 - MOST_BACK];
    if (far !== undefined) far.back = null;
    this.#waiting = waiting === this.#waiting ? [] : this.#waiting;
    this.onChange();
    const { value } = check;
    const last = check.entries[check.entries.length - 1];
    const worth = value !== null && isWorthShowing(value.type) && last !== undefined && last.shown !== 'none';
    return { kind: 'done', shown: worth ? host.filter.shown : null, type: worth ? value.text : null, problems: check.problems.filter(p => p.span.file === read.file.id && !ATEND.has(p.code)), times };
  }

  /** The machine after the last entry, made again when it has to be; null for an empty session, or when it was interrupted. */
  async machine(): Promise<Machine | null> {
    if (this.#machine !== null || this.#accepted.length === 0) return this.#machine;
    if (this.#code === null || this.#code.check.isBrief) this.#code = emitSession(this.base, checkSession(this.base, this.entries, this.#ids), 'debug', null);
    const { program } = this.#code;
    if (program === null) return null;
    const count = this.#accepted.length;
    const { machine, host } = await this.#fromStart(program, count, count, false);
    if (machine.status !== 'halted') return null;
    this.#stand(machine, host);
    return machine;
  }

  completion(textBefore: string): Completion {
    return complete(this.base, this.entries, this.check, textBefore, this.#ids);
  }

  /** Lets the script end as a file does: variables are dropped. The session is over then. */
  async finish(): Promise<Machine | null> {
    const machine = await this.machine();
    if (machine === null || this.#host === null) return null;
    this.#host.onHalt = () => false;
    this.#host.muted = false;
    await this.#go(machine);
    this.#machine = null;
    return machine;
  }

  /** How the session ended; what leaked is followed in a silent run of the whole script. */
  report(machine: Machine): RunReport {
    return makeReport(machine, () => createMachine(this.whole()?.program ?? machine.program, new SessionHost(this.face, [...this.#events], ['altru', ...this.#args]), { room: STATIC_ROOM, watched: { statements: true, moments: true, calls: true } }));
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
    const { back } = taken;
    if (back === null || back.machine !== this.#machine) this.#forget();
    else this.#putBack(back);
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

  /** All that the session's lines have read. */
  inputSoFar(): Uint8Array {
    return Uint8Array.from(this.#events.flatMap(event => (event.kind === 'read' ? event.bytes : [])));
  }

  /** The session as a script. */
  script(): string {
    return [...this.entries, ...this.#waiting].map(entry => `${entry.text.trimEnd()}\n`).join('');
  }

  #putBack({ machine, moment, before, code }: Back): void {
    this.#keeper?.restore(moment);
    goBack(machine, before);
    this.#host?.rewind(this.#accepted[this.#accepted.length - 1]?.events ?? 0);
    this.#moment = moment;
    this.#code = code;
    this.onChange();
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

  #stand(machine: Machine, host: SessionHost): void {
    if (machine === this.#machine) return;
    this.#machine = machine;
    this.#host = host;
    this.#keeper = createKeeper(machine);
    this.#moment = null;
  }

  /** Runs entries `from` to `to`: on the machine as it stands where it can go on, else in a new one. After a stop the session's machine is as it was. */
  async #advance({ program, resume, check }: SessionCode, from: number, to: number): Promise<{ machine: Machine; host: SessionHost; continued: boolean; interrupted: boolean; stop: Stopped | null; back: Omit<Back, 'code'> | null } | null> {
    const [machine, host, keeper] = [this.#machine, this.#host, this.#keeper];
    if (program === null) throw new Error('there is no code');
    if (machine !== null && host !== null && keeper !== null && resume !== null && from > 0) {
      const before = beforeOf(machine);
      const moment = keeper.keep(this.#moment);
      this.#moment = moment;
      if (goOn(machine, program, resume)) {
        host.muted = false;
        host.newFilter();
        host.onHalt = haltAt(host, 0, to);
        const interrupted = await this.#go(machine);
        if (machine.status === 'halted') return { machine, host, continued: true, interrupted, stop: null, back: { machine, moment, before } };
        const stop = stopped(machine);
        keeper.restore(moment);
        goBack(machine, before);
        host.rewind(this.#accepted[from - 1]?.events ?? 0);
        return { machine, host, continued: true, interrupted, stop, back: null };
      }
    }
    if (check.isBrief) return null;
    const { machine: made, host: its, interrupted } = await this.#fromStart(program, from, to, true);
    if (made.status === 'halted') return { machine: made, host: its, continued: false, interrupted, stop: null, back: null };
    // What stood is made again when somebody asks.
    this.#events.length = this.#accepted[from - 1]?.events ?? 0;
    this.#machine = null;
    return { machine: made, host: its, continued: false, interrupted, stop: stopped(made), back: null };
  }

  /** A machine of its own, in which old lines run muted. */
  async #fromStart(program: Program, from: number, to: number, loud: boolean): Promise<{ machine: Machine; host: SessionHost; interrupted: boolean }> {
    const host = new SessionHost(this.face, this.#events, ['altru', ...this.#args]);
    const machine = createMachine(program, host, { room: STATIC_ROOM });
    host.muted = !loud || from > 0;
    host.onStop = () => interrupt(machine);
    host.onHalt = haltAt(host, loud ? from : -1, to);
    return { machine, host, interrupted: await this.#go(machine) };
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
function haltAt(host: SessionHost, from: number, to: number): (n: number) => boolean {
  let stood = false;
  return n => {
    if (n === from) host.muted = false;
    if (n !== to || stood) return false;
    stood = true;
    return true;
  };
}

const stopped = (machine: Machine): Stopped => ({ machine: { ...machine }, report: makeReport(machine, null), picture: takePicture(machine, { stretches: false }) });

/** Problems in the new line first; where there are none, those elsewhere (an old line that the new one makes wrong). */
function own(problems: readonly Problem[], file: number): readonly Problem[] {
  const mine = problems.filter(p => p.span.file === file);
  return mine.some(p => p.severity === 'error') ? mine : problems;
}
