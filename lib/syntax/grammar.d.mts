/** The compiled grammar (generated from grammar.ne by `npm run grammar`). */
declare const grammar: { readonly ParserRules: readonly { readonly name: string; readonly symbols: readonly unknown[]; readonly postprocess?: unknown }[]; readonly ParserStart: string };
export default grammar;
