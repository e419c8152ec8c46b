/**
 * What the terminal can show and how: colour, width. In: environment and flags. Out: a `Paint` for `lib/report` and choices as plain values.
 * Measuring text takes tables that the host needs 20 ms to open: nothing that starts a program may import this. Nothing is painted unless the stream is a terminal or `--color always` says so.
 */
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { Paint } from '../../lib/index.ts';
import type { ColorChoice } from './language.ts';

export function wantsColor(stream: NodeJS.WriteStream, choice: ColorChoice): boolean {
  if (choice !== 'auto') return choice === 'always';
  if (process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '') return false;
  if (process.env['FORCE_COLOR'] !== undefined && process.env['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}

export function paintFor(colored: boolean): Paint {
  if (!colored) return (_style, text) => text;
  const c = pc.createColors(true);
  return (style, text) => {
    switch (style) {
      case 'error': return c.bold(c.red(text));
      case 'warning': return c.bold(c.yellow(text));
      case 'advice': return c.bold(c.cyan(text));
      case 'dim': return c.blue(text);
      case 'bold': return c.bold(text);
      case 'good': return c.green(text);
    }
  };
}

export const columns: (text: string) => number = stringWidth;
