/**
 * `altru`: understands the shared options, finds the command and runs it. In: `process.argv`, the file that began. Out: the exit code.
 * Nothing but the chosen command is loaded. A fault of our own ends with 70 and a text on how to report it, never with a bare
 * JavaScript stack trace.
 */
import { commands } from './commands.ts';
import { help, helpFor } from './help.ts';
import type { Shared } from './shared.ts';
import { closest } from './world/closest.ts';
import { type ColorChoice, languageFor } from './world/language.ts';
import { guardStreams } from './world/streams.ts';
import { systemErrorText } from './world/system-error.ts';
import { speak, spoken, wrongUse } from './world/usage.ts';
import { version } from './world/version.ts';

async function main(argv: readonly string[]): Promise<number> {
  const args = [...argv];
  // A program's own output does not go through the process's streams, and opening them takes time.
  if (args[0] !== 'run' && !/\.(altru|altc)$/.test(args[0] ?? '')) guardStreams();
  const taken = takeShared(args);
  if ('wrong' in taken) return usage(taken.wrong);
  speak(taken.language);
  const first = args[0];
  if (first === undefined) return (await import('./commands/repl.ts')).run([], taken);
  if (first === '--help' || first === '-h' || first === 'help') {
    process.stdout.write(help(taken.language));
    return 0;
  }
  if (first === '--version' || first === '-V') {
    process.stdout.write(`altru ${version}\n`);
    return 0;
  }
  const command = commands.find(c => c.name === first);
  if (command !== undefined) {
    if (args[1] === '--help' || args[1] === '-h') {
      process.stdout.write(helpFor(command, taken.language));
      return 0;
    }
    return (await command.load()).run(args.slice(1), taken);
  }
  if (first === '-' || first.startsWith('--') || /[./\\]/.test(first)) {
    const run = commands.find(c => c.name === 'run');
    if (run !== undefined) return (await run.load()).run(args, taken);
  }
  const near = closest(first, commands.map(c => c.name));
  return usage(`no command '${first}'${near === null ? '' : `: did you mean '${near}'?`}`);
}

function usage(text: string): number {
  wrongUse(text);
  process.stderr.write(`${spoken("Try 'altru --help'.")}\n`);
  return 2;
}

/** Takes the shared options off the front of the arguments, and from anywhere before a `--` or a file. */
function takeShared(args: string[]): Shared | { readonly wrong: string } {
  let language: string | undefined;
  let color: ColorChoice = 'auto';
  let messages: 'full' | 'short' = 'full';
  for (let i = 0; i < args.length; ) {
    const arg = args[i] ?? '';
    if (arg === '--' || (i > 0 && (/\.altru$/.test(arg) || arg === '-'))) break;
    const match = /^--(lang|color|messages)(?:=(.*))?$/.exec(arg);
    if (match === null) {
      i++;
      continue;
    }
    const value = match[2] ?? args[i + 1];
    args.splice(i, match[2] === undefined ? 2 : 1);
    if (match[1] === 'lang') {
      if (value !== 'en' && value !== 'zh') return { wrong: `'--lang' takes en or zh` };
      language = value;
    } else if (match[1] === 'color') {
      if (value !== 'auto' && value !== 'always' && value !== 'never') return { wrong: `'--color' takes auto, always or never` };
      color = value;
    } else {
      if (value !== 'full' && value !== 'short') return { wrong: `'--messages' takes full or short` };
      messages = value;
    }
  }
  return { language: languageFor(language), color, messages };
}

/** `first` is the file that a new thread begins with. */
export async function start(first: URL): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!isAboutRoom(error)) fail(error);
    else await withRoom(error, first);
  }
}

/** The program was nested too deeply for this thread's stack. */
function isAboutRoom(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NeedsRoom' || (error instanceof RangeError && error.message.includes('call stack')));
}

async function withRoom(error: unknown, first: URL): Promise<void> {
  try {
    const { canMove, runWithRoom } = await import('./world/deep.ts');
    if (canMove()) process.exitCode = await runWithRoom(first, process.argv.slice(2));
    else fail(error);
  } catch (other) {
    fail(other);
  }
}

function fail(error: unknown): void {
  const system = systemErrorText(error);
  guardStreams();
  if (system !== null) {
    process.stderr.write(`altru: ${system}\n`);
    process.exitCode = 1;
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const frames = text.split('\n').map(line => line.replace(/^\s+at /, '    in ')).slice(0, 8).join('\n');
  process.stderr.write(
    `altru: this is a fault in Altru itself, not in your program.\n\n${frames}\n\nPlease report it with the program and the command that led here (altru ${version}, node ${process.version}, ${process.platform}).\n`,
  );
  process.exitCode = 70;
}
