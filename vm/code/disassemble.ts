/**
 * Code as text: what `altru show code` prints. In: a program, or one function of it. Out: lines, indented by block, each source line as a comment
 * above the code that was made from it. The instructions read back through `assemble.ts`. Cost: linear.
 */
import { nextAt, rowOf } from './opcodes.ts';
import type { Immediate } from './opcodes.ts';
import type { CodeFunction, Mark, Program, Signature } from './program.ts';
import { allocators, panicReasons, poisonKinds, trapReasons } from './reasons.ts';
import { intKinds, valueTypes } from './values.ts';
import { f32Value, f64Value, i64Value } from './words.ts';

export function disassemble(program: Program): string {
  return program.functions.map((_, index) => disassembleFunction(program, index)).join('\n');
}

export function disassembleFunction(program: Program, index: number): string {
  const code = program.functions[index];
  if (!code) return `; there is no function ${index}\n`;
  const signature = program.signatures[code.signature] ?? { params: [], results: [] };
  const lines = [`; ${index}: ${code.name} ${typeText(signature)}${flagsText(code)}`];
  const names = localNames(code);
  [...signature.params, ...code.locals].forEach((type, local) => {
    const name = names.get(local);
    if (name !== undefined) lines.push(`; local ${local}: ${name}, ${type}${local < signature.params.length ? ', parameter' : ''}`);
  });
  if (code.frame.size > 0) lines.push(`; frame of ${code.frame.size} bytes, aligned to ${code.frame.align}`);
  const landings = new Map(code.landings.map(({ at, landing }) => [at, landing]));
  bodyLines(program, code.body, code.marks, landings, lines);
  if (code.cleanup) {
    lines.push('; cleanup: the landing number is on the stack');
    bodyLines(program, code.cleanup, code.cleanupMarks, new Map(), lines);
  }
  return `${lines.join('\n')}\n`;
}

const typeText = ({ params, results }: Signature): string => `(${params.join(' ')}) -> (${results.join(' ')})`;
const flagsText = (code: CodeFunction): string => `${code.trackCaller ? ', takes its caller\'s place' : ''}${code.noUnwind ? ', does not unwind' : ''}`;

function localNames(code: CodeFunction): Map<number, string> {
  const names = new Map<number, string>();
  for (const { name, lives } of code.variables) {
    if (lives.kind === 'local' || lives.kind === 'behind') names.set(lives.local, name);
    if (lives.kind === 'locals') lives.locals.forEach((local, part) => names.set(local, `${name}.${part}`));
  }
  return names;
}

function bodyLines(program: Program, body: readonly number[], marks: readonly Mark[], landings: ReadonlyMap<number, number>, lines: string[]): void {
  let depth = 1;
  let mark = 0;
  let shown = '';
  for (let at = 0; at < body.length; ) {
    for (let next = marks[mark]; next !== undefined && next.at <= at; next = marks[mark]) {
      mark += 1;
      const source = program.sources[next.source];
      const place = `${source?.path ?? '?'}:${next.line}`;
      const text = source?.text?.split('\n')[next.line - 1]?.trim();
      if (place !== shown) lines.push(`; ${place}${text === undefined ? '' : `  ${text}`}`);
      shown = place;
    }
    const row = rowOf(body[at] ?? -1);
    if (!row) {
      lines.push(`; ${body[at]} is no instruction`);
      return;
    }
    if (row.name === 'end' || row.name === 'else') depth = Math.max(1, depth - 1);
    const landing = landings.get(at);
    const words = [row.name, ...immediateTexts(row.immediates, body, at)].join(' ');
    const note = [calleeText(program, row.name, body[at + 1] ?? -1), landing === undefined ? '' : `on panic ${landing}`].filter((part) => part !== '').join(', ');
    lines.push(`${'  '.repeat(depth)}${words}${note === '' ? '' : `  ; ${note}`}`);
    if (row.name === 'block' || row.name === 'loop' || row.name === 'if' || row.name === 'else') depth += 1;
    at = nextAt(body, at);
  }
}

function calleeText(program: Program, name: string, index: number): string {
  if (name === 'call') return program.functions[index]?.name ?? '?';
  if (name === 'host.call') return program.imports[index]?.name ?? '?';
  const signature = name === 'call_indirect' ? program.signatures[index] : undefined;
  return signature ? typeText(signature) : '';
}

function immediateTexts(kinds: readonly Immediate[], body: readonly number[], at: number): string[] {
  let place = at + 1;
  return kinds.map((kind) => {
    const word = body[place] ?? 0;
    const second = body[place + 1] ?? 0;
    place += 1;
    switch (kind) {
      case 'labels': {
        const labels = body.slice(place, place + word + 1);
        place += word + 1;
        return `[${labels.join(' ')}]`;
      }
      case 'block': return word === -1 ? '_' : word < 0 ? (valueTypes[-2 - word] ?? String(word)) : String(word);
      case 'i64':
        place += 1;
        return String(i64Value(word, second));
      case 'f64':
        place += 1;
        return floatText(f64Value(word, second));
      case 'f32': return floatText(f32Value(word));
      case 'kind': return intKinds[word] ?? String(word);
      case 'panic': return panicReasons[word]?.name ?? String(word);
      case 'trap': return trapReasons[word]?.name ?? String(word);
      case 'allocator': return allocators[word] ?? String(word);
      case 'poison': return poisonKinds[word] ?? String(word);
      default: return String(word);
    }
  });
}

const floatText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
