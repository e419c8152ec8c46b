/**
 * nearley, fed one logical line or one element of a group. In: a start rule and the words. Out: the one parse, or where it stopped
 * and what could have stood there. Never throws for what a user wrote. Linear in the words; the count of words is limited by the caller.
 */
import nearley, { type Column, type Rule, type State } from 'nearley';
import { Ahead, type Kind } from './ahead.ts';
import grammar from './grammar.mjs';
import type { Element } from './layout.ts';
import type { Starts } from './raw.ts';
import type { Token } from './words.ts';

export interface Failure {
  /** Index of the word that could not stand there; the count of words when more was needed. */
  readonly at: number;
  /** Marks and words that could have stood there. */
  readonly words: ReadonlySet<string>;
  /** Rules that could have begun there. */
  readonly rules: ReadonlySet<string>;
}

export type Outcome<T> = { readonly value: T; readonly count: number } | { readonly failure: Failure };

/** nearley's own message is a dump of the grammar, costly to make; ours comes from the table. */
class QuietParser extends nearley.Parser {
  override reportError(): string {
    return '';
  }
}

/** A lexer for nearley that hands out words already made. */
const feeder = {
  words: [] as readonly Element[],
  at: 0,
  reset(words: readonly Element[]): void {
    this.words = words;
    this.at = 0;
  },
  next(): Element | undefined {
    return this.words[this.at++];
  },
  save(): null {
    return null;
  },
};

type Rules = ConstructorParameters<typeof nearley.Grammar>[0];
let rules: Rules | null = null;
const grammars = new Map<string, InstanceType<typeof nearley.Grammar>>();

function grammarOf(start: string): InstanceType<typeof nearley.Grammar> {
  let made = grammars.get(start);
  if (made === undefined) {
    rules ??= grammar.ParserRules.map(rule => new nearley.Rule(rule.name, rule.symbols, rule.postprocess));
    made = new nearley.Grammar(rules, start);
    grammars.set(start, made);
  }
  return made;
}

/** Parses as nearley does; one name or literal alone is known without it. */
export function parseWords<S extends keyof Starts>(start: S, words: readonly Element[]): Outcome<Starts[S]> {
  const known = words.length === 1 ? oneWord(start, words[0] as Element) : null;
  return known === null ? parseByChart(start, words) : { value: known as Starts[S], count: 1 };
}

/**
 * Most elements of groups are one word: what the grammar makes of it is written down here, since a chart costs more than all the rest
 * of such an element. A spec compares each with what nearley gives.
 */
function oneWord(start: keyof Starts, word: Element): unknown {
  const { type } = word;
  if (type !== 'ident' && type !== 'literal' && type !== 'int') return null;
  const token = word as Token;
  const path = { k: 'seg', prev: null, args: null, name: token, n: 1 };
  switch (start) {
    case 'arg': case 'expr': case 'exprStmt': {
      const base = type === 'ident' ? { k: 'path', path, n: 1 } : { k: 'literal', token, n: 1 };
      const value = { prev: null, op: null, item: { k: 'operand', pre: null, base }, n: 1 };
      return start === 'expr' ? value : { k: 'expr', value };
    }
    case 'type': case 'typeArg': case 'fnTypeParam': {
      if (type !== 'ident') return start === 'typeArg' ? { k: 'const', minus: null, token } : null;
      const made = { k: 'path', path: { k: 'tseg', prev: null, seg: { name: token, args: null, output: null }, n: 1 } };
      return start === 'typeArg' ? { k: 'type', type: made } : made;
    }
    case 'pattern': case 'closureParam': {
      const pattern = { prev: null, pat: type === 'ident' ? { k: 'path', path } : { k: 'literal', minus: null, token }, n: 1 };
      return start === 'pattern' ? pattern : { k: 'param', pattern, type: null };
    }
    default: return null;
  }
}

/** nearley, predicting only what the next word can begin; where that leads nowhere nearley alone says what could have stood there. */
export function parseByChart<S extends keyof Starts>(start: S, words: readonly Element[]): Outcome<Starts[S]> {
  const results = parseAhead(start, words);
  return results.length > 0 ? { value: results[0] as Starts[S], count: results.length } : parsePlainly(start, words);
}

export function parsePlainly<S extends keyof Starts>(start: S, words: readonly Element[]): Outcome<Starts[S]> {
  const parser = new QuietParser(grammarOf(start), { keepHistory: true, lexer: feeder });
  try {
    parser.feed(words);
  } catch (thrown) {
    const offset = (thrown as { offset?: unknown }).offset;
    if (typeof offset !== 'number') throw thrown;
    return { failure: failureAt(parser, offset) };
  }
  if (parser.results.length === 0) return { failure: failureAt(parser, words.length) };
  return { value: parser.results[0] as Starts[S], count: parser.results.length };
}

// ---------------------------------------------------------------- with a word of look-ahead

type Columns = new (grammar: unknown, index: number) => Column;
type States = new (rule: Rule, dot: number, reference: number, wantedBy: readonly State[]) => State;

interface Machine {
  readonly ahead: Ahead;
  /** A column of nearley's whose predictions look at the kind of the next word. */
  readonly column: (start: string, index: number, next: Kind) => Column;
  /** What stands before the first word, by start and kind of the first word: never written again. */
  readonly first: Map<string, Column>;
}

let machine: Machine | null = null;

/** nearley does not name its columns and states: a parser shows them. */
function makeMachine(): Machine {
  const sample = new QuietParser(grammarOf('expr')).table[0] as Column;
  const PlainColumn = sample.constructor as Columns;
  const PlainState = (sample.states[0] as State).constructor as States;
  const ahead = new Ahead((rules ?? []) as unknown as readonly Rule[]);
  class AheadColumn extends PlainColumn {
    readonly next: Kind;

    constructor(grammar: unknown, index: number, next: Kind) {
      super(grammar, index);
      this.next = next;
    }

    override predict(name: string): void {
      const wantedBy = this.wants[name] ?? [];
      for (const rule of ahead.rules(name, this.next)) this.states.push(new PlainState(rule, 0, this.index, wantedBy));
    }
  }
  return { ahead, column: (start, index, next) => new AheadColumn(grammarOf(start), index, next), first: new Map() };
}

function firstColumn({ column, first }: Machine, start: string, kind: Kind): Column {
  const key = `${start} ${kind}`;
  let made = first.get(key);
  if (made === undefined) {
    made = column(start, 0, kind);
    made.wants[start] = [];
    made.predict(start);
    made.process();
    first.set(key, made);
  }
  return made;
}

/** The parses, as nearley's `feed` finds them; none where a word does not fit. */
function parseAhead(start: string, words: readonly Element[]): readonly unknown[] {
  machine ??= makeMachine();
  const { ahead } = machine;
  let column = firstColumn(machine, start, ahead.kindOf(words[0]));
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Element;
    const next = machine.column(start, i + 1, ahead.kindOf(words[i + 1]));
    for (let w = column.scannable.length - 1; w >= 0; w--) {
      const state = column.scannable[w] as State;
      const symbol = state.rule.symbols[state.dot] as { readonly type?: string; readonly literal?: string };
      if (symbol.type === undefined ? symbol.literal !== word.text : symbol.type !== word.type) continue;
      next.states.push(state.nextState({ data: word, token: word, isToken: true, reference: i }));
    }
    next.process();
    if (next.states.length === 0) return [];
    column = next;
  }
  return column.states.filter(s => s.rule.name === start && s.dot === s.rule.symbols.length && s.reference === 0 && s.data !== nearley.Parser.fail).map(s => s.data);
}

function failureAt(parser: QuietParser, at: number): Failure {
  const words = new Set<string>();
  const column = parser.table[at];
  for (const state of column?.scannable ?? []) {
    const symbol = state.rule.symbols[state.dot] as { literal?: string; type?: string };
    words.add(symbol.literal ?? `%${symbol.type ?? ''}`);
  }
  return { at, words, rules: new Set(Object.keys(column?.wants ?? {})) };
}
