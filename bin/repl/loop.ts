/**
 * The two ways to hold a session: a person at a terminal, or lines from a pipe. In: a session and a voice. Out: the exit code.
 * A pipe's lines are gathered as at the prompt: a block is over at an empty line, or at one that begins at the margin and does not go on.
 */
import { readFileSync } from 'node:fs';
import type { TextStretch } from '../../lib/index.ts';
import { paintFor, wantsColor } from '../world/terminal.ts';
import pc from 'picocolors';
import { command, commandNames, type Room } from './commands.ts';
import { heapLine } from './describe.ts';
import type { Face } from './outside.ts';
import { Prompt } from './prompt.ts';
import { addHistory, readHistory, Saved } from './saved.ts';
import { Session } from './session.ts';
import type { Talk } from './talk.ts';
import { version } from '../world/version.ts';
import type { SessionBase } from '../../lib/index.ts';

export interface LoopOptions {
  /** The line of figures at the prompt. */
  readonly heap: boolean;
  /** Entries of an earlier session, to be run again. */
  readonly resume: readonly string[] | null;
  readonly args: readonly string[];
}

/** A fault of our own ends no session and shows no stack. */
async function guarded<T>(talk: Talk, action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    talk.warn(`${talk.words.fault(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))}\n`);
    return null;
  }
}

async function resume(room: Room, entries: readonly string[]): Promise<void> {
  const { session, talk } = room;
  let count = 0;
  for (const entry of entries) {
    const outcome = await guarded(talk, () => session.submit(entry));
    if (outcome === null) continue;
    if (outcome.kind === 'refused' || outcome.kind === 'stopped') talk.outcome(outcome);
    else count++;
  }
  talk.note(talk.words.resumed(count));
}

async function leave({ session, talk }: Room): Promise<number> {
  const exit = await guarded(talk, async () => {
    const end = await session.finish();
    return end === null ? 0 : talk.ended(end, session.report(end));
  });
  return exit ?? 70;
}

// ---------------------------------------------------------------- a person

export async function holdAtTerminal(base: SessionBase, talk: Talk, options: LoopOptions): Promise<number> {
  const history = readHistory();
  let quiet = false;
  const face: Face = {
    write: (stream, bytes) => { if (!quiet) talk.program(stream, bytes); },
    read(into) {
      const line = prompt.readForProgram();
      if (line === null) return -1;
      into.set(line.subarray(0, into.length));
      return Math.min(line.length, into.length);
    },
    sleep(milliseconds) {
      prompt.sleep(milliseconds);
    },
    interrupted: () => prompt.interrupted,
  };
  const session = new Session(base, face, options.args);
  const room: Room = { session, talk, aside: action => prompt.aside(action) };
  const colored = wantsColor(process.stdout, talk.shared.color);
  const c = pc.createColors(colored);
  const paints: Record<TextStretch['kind'], (text: string) => string> = { keyword: c.magenta, string: c.green, number: c.yellow, comment: c.gray, type: c.cyan, function: c.blue, mark: text => text, plain: text => text };
  let figures = '';
  const prompt = new Prompt({
    history,
    isIncomplete: text => session.isIncomplete(text),
    complete: text => (/^:\w*$/.test(text) ? { from: 1, candidates: commandNames.filter(name => name.startsWith(text.slice(1))) } : session.completion(text)),
    paint: (kind, text) => paints[kind](text),
    dim: c.gray,
    accent: text => c.bold(c.cyan(text)),
    right: () => figures,
    searchWord: talk.words.search,
  });
  const end = (code: number) => (): void => {
    prompt.close();
    process.exit(code);
  };
  const onTerm = end(143);
  const onHup = end(129);
  const onInt = (): void => prompt.interrupt();
  process.on('SIGTERM', onTerm);
  process.on('SIGHUP', onHup);
  process.on('SIGINT', onInt);
  try {
    talk.say(`Altru ${version}  ${paintFor(colored)('dim', talk.words.hello)}\n`);
    prompt.open();
    if (options.resume !== null) {
      quiet = true;
      await resume(room, options.resume);
      quiet = false;
    }
    const saved = new Saved();
    const save = (): void => saved.save([...session.entries, ...session.waiting].map(entry => entry.text));
    session.onChange = save;
    if (session.entries.length > 0) save();
    for (;;) {
      if (options.heap) figures = heapFigures(session, figures, talk);
      const text = await prompt.read();
      if (text === null) break;
      if (text.trim() === '') continue;
      const kept = text.trimEnd();
      if (history[history.length - 1] !== kept) {
        history.push(kept);
        addHistory(kept);
      }
      const wish = await guarded(talk, async () => {
        if (text.trimStart().startsWith(':')) return command(room, text);
        talk.outcome(await session.submit(text));
        return undefined;
      });
      prompt.takeInterrupt();
      if (wish === 'quit') break;
    }
    return await leave(room);
  } finally {
    prompt.close();
    process.off('SIGTERM', onTerm);
    process.off('SIGHUP', onHup);
    process.off('SIGINT', onInt);
  }
}

/** The figures of the machine as it stands; those of before where it has to be made again first. */
function heapFigures(session: Session, before: string, talk: Talk): string {
  if (session.entries.length === 0) return '';
  const all = session.standing?.heap.statistics.read(0);
  return all === undefined ? before : heapLine(all, talk.words);
}

// ---------------------------------------------------------------- a pipe

const GOES_ON = /^(\s|else\b|elif\b|[)\]}.,]|$)/;

export async function holdPiped(base: SessionBase, talk: Talk, options: LoopOptions): Promise<number> {
  const lines = new TextDecoder().decode(readFileSync(0)).replace(/\r\n/g, '\n').split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  const face: Face = {
    write: (stream, bytes) => talk.program(stream, bytes),
    // The program reads the lines that come next.
    read(into) {
      const line = lines.shift();
      if (line === undefined) return 0;
      const bytes = new TextEncoder().encode(`${line}\n`);
      if (bytes.length > into.length) lines.unshift(new TextDecoder().decode(bytes.subarray(into.length)).replace(/\n$/, ''));
      into.set(bytes.subarray(0, into.length));
      return Math.min(bytes.length, into.length);
    },
    sleep: milliseconds => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
    interrupted: () => false,
  };
  const session = new Session(base, face, options.args);
  const room: Room = { session, talk, aside: null };
  if (options.resume !== null) await resume(room, options.resume);
  let failed = false;
  const submit = async (text: string): Promise<'quit' | void> => {
    const wish = await guarded(talk, async () => {
      if (text.trimStart().startsWith(':')) return command(room, text);
      const outcome = await session.submit(text);
      if (outcome.kind === 'refused' || outcome.kind === 'stopped') failed = true;
      talk.outcome(outcome);
      return undefined;
    });
    if (wish === 'quit') return 'quit';
  };
  let text = '';
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (text !== '' && !GOES_ON.test(line) && !session.isIncomplete(`${text}\n`)) {
      const whole = text;
      text = '';
      if ((await submit(whole)) === 'quit') return leave(room);
    }
    text += `${line}\n`;
    if (text.trim() === '') text = '';
    // What is indented belongs to what stands above: no need to look whether that is whole.
    else if (line !== '' && /^[ \t]+\S/.test(lines[0] ?? '') && !text.startsWith(':')) continue;
    else if (text.startsWith(':') || !session.isIncomplete(text)) {
      const whole = text;
      text = '';
      if ((await submit(whole)) === 'quit') return leave(room);
    }
  }
  if (text !== '') await submit(`${text}\n`);
  const exit = await leave(room);
  return exit === 0 && failed ? 1 : exit;
}
