/**
 * A file of code (`.altc`): read, decoded and verified before anything runs. In: a name. Out: a program, or null after saying on
 * standard error what is wrong with the file.
 */
import { readFileSync } from 'node:fs';
import { type Program, decodeProgram, verify } from '../../vm/index.ts';
import { guardStreams } from './streams.ts';
import { wrongUse } from './usage.ts';

export function openCode(name: string): Program | null {
  const refuse = (why: string): null => {
    guardStreams();
    wrongUse(`'${name}' cannot be run: ${why}`);
    return null;
  };
  let bytes: Buffer;
  try {
    bytes = readFileSync(name);
  } catch {
    return refuse('it cannot be read');
  }
  const decoded = decodeProgram(new Uint8Array(bytes));
  if (decoded.kind === 'damaged') return refuse(decoded.message);
  const [first] = verify(decoded.program);
  return first === undefined ? decoded.program : refuse(`its code is not valid (${JSON.stringify(first)})`);
}
