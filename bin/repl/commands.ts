/**
 * The commands of a session, one row each: its name and what it does. In: a session, a voice, an argument. Out: text; `quit` when the session shall end.
 * What is shown comes from a picture of the machine or from the checker's tables; nothing here looks into memory itself.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasErrors, showFlow, showTree } from '../../lib/index.ts';
import { disassembleFunction, takePicture, type Picture, type PictureOptions } from '../../vm/index.ts';
import { closest } from '../world/closest.ts';
import { blocks, heap, leaks, owners, post, statistics } from './describe.ts';
import type { Session } from './session.ts';
import type { Talk } from './talk.ts';
import { functionsNamed } from '../world/functions-named.ts';

export interface Room {
  readonly session: Session;
  readonly talk: Talk;
  /** Gives the terminal to somebody else for a while; null where there is none. */
  readonly aside: ((action: () => void) => void) | null;
}

type Command = (room: Room, argument: string) => Promise<'quit' | void> | 'quit' | void;

async function picture({ session }: Room, options: PictureOptions = {}): Promise<Picture | null> {
  const machine = await session.machine();
  return machine === null ? null : takePicture(machine, { stretches: false, ...options });
}

/** A command that shows something of the machine as it stands. */
const seen = (options: PictureOptions, show: (picture: Picture, room: Room) => readonly string[]): Command => async room => {
  const taken = await picture(room, options);
  room.talk.lines(taken === null ? [`  ${room.talk.words.noVariables}`] : show(taken, room));
};

const commands: Readonly<Record<string, Command>> = {
  help: ({ talk }) => {
    const { help, keys } = talk.words;
    const width = 9;
    talk.lines([...Object.entries(help).map(([name, text]) => `  ${talk.paint('bold', `:${name}`.padEnd(width))} ${text}`), '', `  ${keys}`]);
  },
  type: ({ session, talk }, argument) => {
    if (argument === '') return talk.warn(`:type: ${talk.words.needs('EXPR')}\n`);
    const check = session.look(argument);
    if (hasErrors(check.problems)) return talk.problems(check.problems.filter(p => p.severity === 'error'));
    talk.say(`${check.value?.text ?? '()'}\n`);
  },
  owners: seen({}, (p, { talk }) => owners(p, talk.columns, talk.words, talk.paint)),
  heap: seen({ ghosts: false }, (p, { talk }) => heap(p, talk.columns, talk.words)),
  blocks: seen({}, (p, { talk }) => blocks(p, talk.columns, talk.words, talk.paint)),
  leaks: seen({ ghosts: false, leaks: true }, (p, { talk }) => leaks(p, talk.columns, talk.words)),
  stats: seen({ ghosts: false }, (p, { talk }) => statistics(p, talk.columns, talk.words)),
  post: ({ session, talk }) => {
    if (session.post === null) return talk.note(talk.words.noPost);
    talk.stopped(session.post, false);
    talk.lines(post(session.post.picture, talk.columns, talk.words));
  },
  undo: ({ session, talk }) => {
    const text = session.undo();
    talk.note(text === null ? talk.words.nothingToUndo : talk.words.undone(text.trim().split('\n')[0] ?? ''));
  },
  redo: async ({ session, talk }) => {
    const text = session.takeRedo();
    if (text === null) talk.note(talk.words.nothingToRedo);
    else talk.outcome(await session.redo(text));
  },
  reset: ({ session, talk }) => {
    session.reset();
    talk.note(talk.words.wasReset);
  },
  load: async ({ session, talk }, file) => {
    if (file === '') return talk.warn(`:load: ${talk.words.needs('FILE')}\n`);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    } catch (error) {
      return talk.warn(`${talk.words.cannotRead(file, reason(error))}\n`);
    }
    const outcome = await session.submit(text);
    talk.outcome(outcome);
    if (outcome.kind === 'done') talk.note(talk.words.loaded(file));
  },
  save: ({ session, talk }, file) => {
    if (file === '') return talk.warn(`:save: ${talk.words.needs('FILE')}\n`);
    try {
      writeFileSync(file, session.script());
    } catch (error) {
      return talk.warn(`${talk.words.cannotWrite(file, reason(error))}\n`);
    }
    talk.note(talk.words.saved(file));
  },
  time: async ({ session, talk }, line) => {
    if (line === '') {
      talk.timing = !talk.timing;
      return;
    }
    const before = talk.timing;
    talk.timing = true;
    talk.outcome(await session.submit(line));
    talk.timing = before;
  },
  show: async ({ session, talk }, argument) => {
    const [shape = '', name = ''] = argument.split(/\s+/);
    await session.machine();
    const whole = session.whole();
    const [check, program] = [whole?.check ?? null, whole?.program ?? null];
    const last = session.entries[session.entries.length - 1];
    if (shape !== 'code' && shape !== 'flow' && shape !== 'tree') return talk.warn(`:show: ${talk.words.needs('code, flow, tree')}\n`);
    if (last === undefined || check === null || program === null) return talk.note(talk.words.noVariables);
    if (shape === 'tree') return talk.say(`${showTree(last.tree, {})}\n`);
    if (shape === 'flow') return talk.say(showFlow(check.checked, name === '' ? check.body : name));
    const wanted = name === '' ? 'main' : name;
    const found = functionsNamed(program, wanted);
    if (found.length === 0) return talk.note(talk.words.noCode(wanted));
    talk.say(found.slice(0, 8).map(i => `${disassembleFunction(program, i)}\n`).join(''));
  },
  viz: async room => {
    const { session, talk, aside } = room;
    const main = process.argv[1];
    if (aside === null || main === undefined || session.entries.length === 0) return seen({}, (p, { talk: t }) => [...owners(p, t.columns, t.words, t.paint), ...blocks(p, t.columns, t.words, t.paint)])(room, '');
    // The visualizer has a run of its own, with the session's input.
    const folder = mkdtempSync(join(tmpdir(), 'altru-session-'));
    try {
      writeFileSync(join(folder, 'session.altru'), session.script());
      writeFileSync(join(folder, 'input'), session.inputSoFar());
      aside(() => void spawnSync(process.execPath, [main, 'viz', '--lang', talk.shared.language, '--input', join(folder, 'input'), join(folder, 'session.altru')], { stdio: 'inherit' }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  quit: () => 'quit',
};

const reason = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : error instanceof TypeError ? 'UTF-8' : 'error');

export const commandNames: readonly string[] = Object.keys(commands);

/** Runs `:name argument`; a name may be shortened as far as it is clear. */
export async function command(room: Room, line: string): Promise<'quit' | void> {
  const [, name = '', argument = ''] = /^:\s*(\S*)\s*([^]*)$/.exec(line.trim()) ?? [];
  const near = commandNames.filter(each => each.startsWith(name));
  const found = commandNames.includes(name) ? name : near.length === 1 ? near[0] : name === 'q' ? 'quit' : name === 'h' || name === '?' || name === '' ? 'help' : undefined;
  const action = found === undefined ? undefined : commands[found];
  if (action === undefined) return room.talk.warn(`${room.talk.words.noCommand(name, closest(name, commandNames) ?? null)}\n`);
  return action(room, argument.trim());
}
