/**
 * How a session speaks: outcomes, problems and reports as text, on the terminal or on the standard streams. In: what happened. Out: text written.
 * Invariant: what a program wrote without a line end is ended before anything of ours comes.
 */
import { renderProblem, type Paint, type Problem, type Sources } from '../../lib/index.ts';
import type { Machine } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import { tamed } from '../world/machine.ts';
import type { RunReport } from '../world/run-report.ts';
import { writeAll } from '../world/streams.ts';
import { columns as widthOf, paintFor, wantsColor } from '../world/terminal.ts';
import { renderTrap } from '../world/trap-text.ts';
import type { Outcome, Stopped, Times } from './session.ts';
import { words, type Words } from './words.ts';

const MOST_PROBLEMS = 8;

export class Talk {
  readonly shared: Shared;
  readonly words: Words;
  readonly paint: Paint;
  /** A person reads and types; else all of ours but values goes to standard error. */
  readonly interactive: boolean;
  /** Tell how long each line took. */
  timing = false;
  readonly #sources: Sources;
  #lineOpen = false;

  constructor(shared: Shared, sources: Sources, interactive: boolean) {
    this.shared = shared;
    this.words = words[shared.language];
    this.#sources = sources;
    this.interactive = interactive;
    this.paint = paintFor(wantsColor(interactive ? process.stdout : process.stderr, shared.color));
  }

  get columns(): number {
    return this.interactive ? process.stdout.columns || 80 : 100;
  }

  /** The program's own output. */
  program(stream: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#lineOpen = bytes[bytes.length - 1] !== 10;
    const shown = this.interactive || (stream === 2 ? process.stderr : process.stdout).isTTY === true ? tamed(Buffer.from(bytes)) : bytes;
    writeAll(this.interactive ? 1 : stream === 2 ? 2 : 1, shown);
  }

  /** Values and answers of commands. */
  say(text: string): void {
    this.#write(1, text);
  }

  /** What is wrong, and notes. */
  warn(text: string): void {
    this.#write(this.interactive ? 1 : 2, text);
  }

  lines(lines: readonly string[]): void {
    this.say(`${lines.join('\n')}\n`);
  }

  note(text: string): void {
    this.warn(`${this.paint('dim', text)}\n`);
  }

  #write(stream: number, text: string): void {
    if (text === '') return;
    writeAll(stream, Buffer.from(this.#lineOpen ? `\n${text}` : text));
    this.#lineOpen = false;
  }

  problems(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const options = { language: this.shared.language, paint: this.paint, form: this.shared.messages, width: widthOf };
    const ordered = [...problems].sort((a, b) => (a.severity === b.severity ? a.span.start - b.span.start : a.severity === 'error' ? -1 : 1));
    const text = ordered.slice(0, MOST_PROBLEMS).map(p => renderProblem(p, this.#sources, options)).join(this.shared.messages === 'short' ? '' : '\n');
    const whole = ordered.length > MOST_PROBLEMS ? `${text}… ${ordered.length - MOST_PROBLEMS}\n` : text;
    this.warn(this.interactive ? whole.split('\n').map(line => this.#wrapped(line)).join('\n') : whole);
  }

  outcome(outcome: Outcome): void {
    switch (outcome.kind) {
      case 'nothing': return;
      case 'refused':
        this.problems(outcome.problems);
        return;
      case 'waits':
        this.note(this.words.waits);
        return;
      case 'done':
        this.problems(outcome.problems);
        if (outcome.type !== null) this.value(outcome.shown, outcome.type);
        if (this.timing) this.times(outcome.times);
        return;
      case 'stopped':
        this.stopped(outcome.stop, outcome.interrupted);
        if (this.timing) this.times(outcome.times);
    }
  }

  /** A note that is longer than a row is broken between words, with its lines below each other. */
  #wrapped(line: string): string {
    if (widthOf(line) <= this.columns || !/^\s*(\x1b\[\d+m)?=/.test(line)) return line;
    const rows: string[] = [];
    let row = '';
    for (const word of line.split(/(?<= )/)) {
      if (row !== '' && widthOf((row + word).trimEnd()) > this.columns) {
        rows.push(row.trimEnd());
        row = '    ';
      }
      row += word;
    }
    return [...rows, row].join('\n');
  }

  value(shown: string | null, type: string): void {
    const text = shown === null ? '…' : tamed(Buffer.from(shown)).toString('utf8');
    this.say(`${text} ${this.paint('dim', `: ${type}`)}\n`);
  }

  times({ check, emit, run }: Times): void {
    const one = (n: number): string => n.toFixed(n < 10 ? 1 : 0);
    this.note(this.words.times(one(check), one(emit), one(run)));
  }

  stopped({ machine, report }: Stopped, interrupted: boolean): void {
    const { words: w } = this;
    if (interrupted) {
      this.note(`${w.interrupted}; ${w.asBefore}`);
      return;
    }
    if (machine.status === 'finished') {
      this.note(`${w.ended(machine.exit)}; ${w.asBefore}`);
      return;
    }
    this.warn(renderTrap(machine, report, this.shared));
    this.note(`${w.asBefore}; ${w.hintPost}`);
  }

  /** How the whole session ended: leaks and what stopped its last drops. */
  ended(machine: Machine, report: RunReport): number {
    if (report.stop !== null || report.leaks.length > 0) this.warn(renderTrap(machine, report, this.shared));
    return report.exit;
  }
}
