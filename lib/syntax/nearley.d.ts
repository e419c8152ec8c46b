/** The part of nearley that the parser uses; the package brings no declarations. */
declare module 'nearley' {
  export interface Rule {
    readonly name: string;
    readonly symbols: readonly unknown[];
  }
  export interface State {
    readonly rule: Rule;
    readonly dot: number;
    readonly reference: number;
    readonly data: unknown;
    nextState(child: { readonly data: unknown; readonly token: unknown; readonly isToken: true; readonly reference: number }): State;
  }
  export interface Column {
    readonly index: number;
    readonly states: State[];
    readonly scannable: readonly State[];
    readonly wants: { [name: string]: State[] };
    process(): void;
    predict(name: string): void;
  }
  class Grammar {
    constructor(rules: readonly unknown[], start: string);
  }
  class Rules {
    constructor(name: string, symbols: readonly unknown[], postprocess?: unknown);
  }
  class Parser {
    constructor(grammar: Grammar, options?: { readonly keepHistory?: boolean; readonly lexer?: unknown });
    static readonly fail: unknown;
    readonly table: readonly Column[];
    readonly current: number;
    readonly results: readonly unknown[];
    feed(chunk: unknown): this;
    reportError(token: unknown): string;
  }
  const nearley: { readonly Grammar: typeof Grammar; readonly Rule: typeof Rules; readonly Parser: typeof Parser };
  export default nearley;
}
