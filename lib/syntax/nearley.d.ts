/** The part of nearley that the parser uses; the package brings no declarations. */
declare module 'nearley' {
  export interface Rule {
    readonly name: string;
    readonly symbols: readonly unknown[];
  }
  export interface State {
    readonly rule: Rule;
    readonly dot: number;
  }
  export interface Column {
    readonly states: readonly State[];
    readonly scannable: readonly State[];
    readonly wants: { readonly [name: string]: unknown };
  }
  class Grammar {
    constructor(rules: readonly unknown[], start: string);
  }
  class Rules {
    constructor(name: string, symbols: readonly unknown[], postprocess?: unknown);
  }
  class Parser {
    constructor(grammar: Grammar, options?: { readonly keepHistory?: boolean; readonly lexer?: unknown });
    readonly table: readonly Column[];
    readonly current: number;
    readonly results: readonly unknown[];
    feed(chunk: unknown): this;
    reportError(token: unknown): string;
  }
  const nearley: { readonly Grammar: typeof Grammar; readonly Rule: typeof Rules; readonly Parser: typeof Parser };
  export default nearley;
}
