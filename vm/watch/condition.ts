/**
 * Conditions of breakpoints: `count > 3 and not done`, `list.length == 0`, `name == "Ada"`. In: text. Out: a test over a machine, or what is
 * wrong with the text. Names are variables where the machine stands, and their parts; what is not there is equal to nothing.
 */
import type { Machine } from '../run/machine.ts';
import { readFound, variableNamed } from './lookup.ts';
import type { Reading } from './values.ts';

export type Condition = (m: Machine) => boolean;
type Scalar = Reading['scalar'];
type Value = (m: Machine) => Scalar;

const TOKEN = /\s*(?:(\d[\d_]*(?:\.\d+)?)|("(?:[^"\\]|\\.)*")|([A-Za-z_]\w*)|(==|!=|<=|>=|<|>|\(|\)|\.|\[|\]|-))/y;

export function parseCondition(text: string): { readonly test: Condition } | { readonly wrong: string } {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) return { wrong: `a condition cannot hold \`${text.slice(at).trim()}\`` };
    tokens.push(match[0].trim());
  }
  let at = 0;
  const take = (word: string): boolean => tokens[at] === word && (at++, true);
  const fail = (what: string): never => {
    throw new SyntaxError(what);
  };
  const truth = (value: Scalar): boolean => value !== null && value !== false && value !== 0 && value !== 0n && value !== '';

  function or(): Value {
    let left = and();
    while (take('or')) {
      const [one, other] = [left, and()];
      left = m => truth(one(m)) || truth(other(m));
    }
    return left;
  }
  function and(): Value {
    let left = not();
    while (take('and')) {
      const [one, other] = [left, not()];
      left = m => truth(one(m)) && truth(other(m));
    }
    return left;
  }
  function not(): Value {
    if (!take('not')) return compare();
    const inner = not();
    return m => !truth(inner(m));
  }
  function compare(): Value {
    const left = primary();
    const sign = tokens[at];
    if (sign === undefined || !['==', '!=', '<', '<=', '>', '>='].includes(sign)) return left;
    at++;
    const right = primary();
    return m => holds(left(m), sign, right(m));
  }
  function primary(): Value {
    const token = tokens[at++];
    if (token === undefined) return fail('the condition ends too early');
    if (token === '(') {
      const inner = or();
      return take(')') ? inner : fail('a `)` is missing');
    }
    if (token === '-') {
      const inner = primary();
      return m => {
        const value = inner(m);
        return typeof value === 'number' || typeof value === 'bigint' ? -value : null;
      };
    }
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (token === 'null') return () => 0;
    if (/^\d/.test(token)) return constant(token.includes('.') ? Number(token.replaceAll('_', '')) : BigInt(token.replaceAll('_', '')));
    if (token.startsWith('"')) {
      try {
        return constant(String(JSON.parse(token)));
      } catch {
        return fail(`${token} is no text`);
      }
    }
    if (!/^[A-Za-z_]/.test(token)) return fail(`\`${token}\` cannot stand here`);
    const steps: string[] = [];
    for (;;) {
      if (take('.')) steps.push(tokens[at++] ?? fail('a name is missing after `.`'));
      else if (take('[')) {
        steps.push(`[${tokens[at++] ?? ''}]`);
        if (!take(']')) fail('a `]` is missing');
      } else break;
    }
    return m => lookUp(m, token, steps);
  }
  try {
    if (tokens.length === 0) fail('the condition is empty');
    const value = or();
    if (at < tokens.length) fail(`\`${tokens[at]}\` cannot stand here`);
    return { test: m => truth(value(m)) };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return { wrong: thrown.message };
  }
}

const constant = (value: Scalar): Value => () => value;

function lookUp(m: Machine, name: string, steps: readonly string[]): Scalar {
  const found = variableNamed(m, name);
  if (found === null) return null;
  let reading = readFound(m, found);
  for (const step of steps) {
    const next = reading.parts.find(p => p.name === step || p.name.endsWith(`.${step}`)) ?? (step === 'length' || step === 'len' ? reading.parts.find(p => p.name === 'len' || p.name === 'length') : undefined);
    if (next === undefined) return (step === 'length' || step === 'len') && typeof reading.scalar === 'string' ? reading.scalar.length : null;
    reading = next.reading;
  }
  return reading.scalar;
}

function holds(left: Scalar, sign: string, right: Scalar): boolean {
  if (left === null || right === null) return false;
  const numeric = (value: Scalar): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
  if (numeric(left) && numeric(right)) {
    switch (sign) {
      // biome-ignore lint: 1 and 1n are equal here
      case '==': return left == right;
      // biome-ignore lint: 1 and 1n are equal here
      case '!=': return left != right;
      case '<': return left < right;
      case '<=': return left <= right;
      case '>': return left > right;
      default: return left >= right;
    }
  }
  if (typeof left !== typeof right) return sign === '!=';
  switch (sign) {
    case '==': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '<=': return left <= right;
    case '>': return left > right;
    default: return left >= right;
  }
}
