/**
 * How large code is: what `altru show size` counts. In: a function. Out: its instructions, and the bytes that they take in a file of
 * code (numbers are written with seven bits a byte there). Landings for panics count; names, marks and variables do not. Linear.
 */
import { nextAt } from './opcodes.ts';
import type { CodeFunction } from './program.ts';

export interface CodeSize {
  readonly instructions: number;
  readonly bytes: number;
}

export function sizeOfFunction(code: CodeFunction): CodeSize {
  const bodies = code.cleanup === null ? [code.body] : [code.body, code.cleanup];
  let instructions = 0;
  let bytes = 0;
  for (const body of bodies) {
    for (let at = 0; at < body.length; at = nextAt(body, at)) instructions++;
    for (const word of body) bytes += bytesOf(word);
  }
  return { instructions, bytes };
}

function bytesOf(word: number): number {
  const value = word < 0 ? ~word : word;
  return Math.max(1, Math.ceil((33 - Math.clz32(value)) / 7));
}
