/**
 * One word of look-ahead for nearley: which rules of a name can begin with a word. In: the compiled rules. Out: the rules worth predicting, in
 * the grammar's order. A rule that may be empty is always one of them. Made once; answers are kept by the kind of word, of which there are some
 * hundred. Leaving out what cannot begin with the next word changes no parse, only the states that die one word later.
 */
import type { Rule } from 'nearley';

/** What stands for a word: its type, and its text where the grammar asks for that very text. */
export type Kind = string;
export const END: Kind = '';

interface Word {
  readonly type: string;
  readonly text: string;
}

interface Beginning {
  /** Terminals, as `%type` or `=text`. */
  readonly terminals: Set<string>;
  empty: boolean;
}

export class Ahead {
  readonly #byName = new Map<string, Rule[]>();
  readonly #literals = new Set<string>();
  readonly #beginnings = new Map<string, Beginning>();
  readonly #known = new Map<Kind, Map<string, readonly Rule[]>>();

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) {
      const list = this.#byName.get(rule.name);
      if (list === undefined) this.#byName.set(rule.name, [rule]);
      else list.push(rule);
      for (const symbol of rule.symbols) {
        const literal = typeof symbol === 'string' ? undefined : (symbol as { literal?: string }).literal;
        if (literal !== undefined) this.#literals.add(literal);
      }
      this.#beginnings.set(rule.name, { terminals: new Set(), empty: false });
    }
    for (let moved = true; moved;) {
      moved = false;
      for (const rule of rules) {
        const into = this.#beginnings.get(rule.name);
        if (into !== undefined && this.#add(rule, into)) moved = true;
      }
    }
  }

  kindOf(word: Word | undefined): Kind {
    if (word === undefined) return END;
    return this.#literals.has(word.text) ? `${word.type}\t${word.text}` : word.type;
  }

  /** Rules of `name` that a word of this kind can begin, and those that may be empty. */
  rules(name: string, kind: Kind): readonly Rule[] {
    let table = this.#known.get(kind);
    if (table === undefined) this.#known.set(kind, (table = new Map()));
    let found = table.get(name);
    if (found === undefined) {
      const tab = kind.indexOf('\t');
      const terminals = tab < 0 ? [`%${kind}`] : [`%${kind.slice(0, tab)}`, `=${kind.slice(tab + 1)}`];
      found = (this.#byName.get(name) ?? []).filter(rule => {
        const begins: Beginning = { terminals: new Set(), empty: false };
        this.#add(rule, begins);
        return begins.empty || terminals.some(t => begins.terminals.has(t));
      });
      table.set(name, found);
    }
    return found;
  }

  /** Adds what the rule can begin with, as far as known; tells whether there was anything new. */
  #add(rule: Rule, into: Beginning): boolean {
    const before = into.terminals.size;
    for (const symbol of rule.symbols) {
      if (typeof symbol !== 'string') {
        const { literal, type } = symbol as { literal?: string; type?: string };
        into.terminals.add(literal === undefined ? `%${type ?? ''}` : `=${literal}`);
        return into.terminals.size > before;
      }
      const inner = this.#beginnings.get(symbol);
      for (const t of inner?.terminals ?? []) into.terminals.add(t);
      if (inner?.empty !== true) return into.terminals.size > before;
    }
    const moved = !into.empty;
    into.empty = true;
    return moved || into.terminals.size > before;
  }
}
