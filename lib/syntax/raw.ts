/**
 * What the grammar's postprocessors give: the shapes between nearley and the tree. Lists are linked backwards (`prev`), because a
 * postprocessor runs at every prefix of a list and must be O(1). One interface for each rule of `grammar.ne`; plain data.
 */
import type { Block, Group } from './layout.ts';
import type { Token } from './words.ts';

export type RawStatement =
  | { readonly k: 'expr'; readonly value: RawExpr }
  | { readonly k: 'assign'; readonly target: RawExpr; readonly op: Token; readonly value: RawExpr };

export interface RawLet {
  readonly word: Token;
  readonly pattern: RawPattern;
  readonly type: RawType | null;
  readonly value: RawExpr | null;
  readonly orElse: Block | null;
}

export interface RawDefer {
  readonly word: Token;
  readonly body: RawStatement | null;
  readonly block: Block | null;
}

export interface RawArm {
  readonly pattern: RawPattern;
  readonly guard: RawExpr | null;
  readonly body: Block;
}

/** A flat expression: operand, then operator and item again and again. `item` is a type after `as`, a pattern after `is`, null after a last `..`. */
export interface RawExpr {
  readonly prev: RawExpr | null;
  readonly op: Token | null;
  readonly item: RawOperand | RawType | RawPattern | null;
  readonly n: number;
}

export interface RawOperand {
  readonly k: 'operand';
  readonly pre: RawPrefixes | null;
  readonly base: RawPostfix | RawJump;
}

export interface RawPrefixes {
  readonly prev: RawPrefixes | null;
  readonly op: RawPrefix;
  readonly n: number;
}

export type RawPrefix =
  | { readonly k: 'minus' | 'flip' | 'deref' | 'not' | 'ref' | 'refMut' | 'raw' | 'rawMut' | 'dots'; readonly at: Token }
  | { readonly k: 'let'; readonly at: Token; readonly pattern: RawPattern };

export type RawJump =
  | { readonly k: 'return'; readonly word: Token; readonly value: RawExpr | null }
  | { readonly k: 'break'; readonly word: Token; readonly label: Token | null; readonly value: RawExpr | null }
  | { readonly k: 'continue'; readonly word: Token; readonly label: Token | null };

export type RawPostfix =
  | { readonly k: 'field'; readonly base: RawPostfix; readonly name: Token; readonly n: number }
  | { readonly k: 'call'; readonly base: RawPostfix; readonly args: Group; readonly n: number }
  | { readonly k: 'index'; readonly base: RawPostfix; readonly args: Group; readonly n: number }
  | { readonly k: 'try'; readonly base: RawPostfix; readonly mark: Token; readonly n: number }
  | RawAtom;

export type RawAtom = { readonly n: number } & (
  | { readonly k: 'literal'; readonly token: Token }
  | { readonly k: 'path'; readonly path: RawPath }
  | { readonly k: 'struct'; readonly path: RawPath; readonly args: Group | null; readonly body: Group }
  | { readonly k: 'paren' | 'array'; readonly group: Group }
  | { readonly k: 'underscore'; readonly token: Token }
  | { readonly k: 'if'; readonly chain: RawIf; readonly otherwise: Block | null }
  | { readonly k: 'match'; readonly word: Token; readonly value: RawExpr; readonly body: Block }
  | { readonly k: 'unsafe'; readonly word: Token; readonly body: Block }
  | { readonly k: 'loop'; readonly label: Token | null; readonly what: RawLoop }
  | { readonly k: 'closure'; readonly binder: Group | null; readonly word?: Token; readonly move: Token | null; readonly what: RawClosure }
);

export interface RawIf {
  readonly prev: RawIf | null;
  readonly word: Token;
  readonly condition: RawExpr;
  readonly body: Block;
  readonly n: number;
}

export type RawLoop =
  | { readonly k: 'do' | 'loop'; readonly word: Token; readonly body: Block }
  | { readonly k: 'while'; readonly word: Token; readonly condition: RawExpr; readonly body: Block }
  | { readonly k: 'for'; readonly word: Token; readonly pattern: RawPattern; readonly iterable: RawExpr; readonly body: Block };

export interface RawClosure {
  readonly word: Token;
  readonly params: Group;
  readonly result: RawType | null;
  readonly body: Block;
}

export type RawArg =
  | { readonly k: 'expr'; readonly value: RawExpr }
  | { readonly k: 'type'; readonly type: RawType }
  | { readonly k: 'lifetime'; readonly token: Token }
  | { readonly k: 'named'; readonly name: Token; readonly args: Group | null; readonly value: RawExpr | null; readonly type: RawType | null; readonly bounds: RawBounds | null }
  | { readonly k: 'constBlock'; readonly group: Group };

export type RawFieldInit =
  | { readonly k: 'init'; readonly name: Token; readonly value: RawExpr }
  | { readonly k: 'short'; readonly name: Token }
  | { readonly k: 'base'; readonly value: RawExpr };

export interface RawQualified {
  readonly k: 'qualified';
  readonly open: Token;
  readonly type: RawType;
  readonly trait: RawTypePath | null;
  readonly n: number;
}

/** A path in an expression or pattern: `args` are those of the segment before. */
export type RawPath =
  | { readonly k: 'seg'; readonly prev: RawPath | RawQualified | null; readonly args: Group | null; readonly global?: Token; readonly name: Token; readonly n: number }
  /** `Fn(A) -> R` in brackets: the arguments of the last segment. */
  | { readonly k: 'sugar'; readonly prev: RawPath; readonly args: Group; readonly output: RawType; readonly n: number };

export interface RawTypePath {
  readonly k: 'tseg';
  readonly prev: RawTypePath | RawQualified | null;
  readonly global?: Token;
  readonly seg: { readonly name: Token; readonly args: Group | null; readonly output: RawType | null };
  readonly n: number;
}

export type RawType =
  | { readonly k: 'path'; readonly path: RawTypePath | RawPath }
  | { readonly k: 'ref'; readonly at: Token; readonly lifetime: Token | null; readonly mutable: boolean; readonly inner: RawType }
  | { readonly k: 'ptr'; readonly at: Token; readonly mutable: boolean; readonly inner: RawType }
  | { readonly k: 'tuple' | 'array'; readonly group: Group }
  | { readonly k: 'never' | 'infer'; readonly at: Token }
  | { readonly k: 'dyn' | 'impl'; readonly at: Token; readonly bounds: RawBounds }
  | { readonly k: 'fn'; readonly at: Token; readonly binder: Group | null; readonly unsafe: Token | null; readonly abi: Token | 'C' | null; readonly tail: { readonly word: Token; readonly params: Group; readonly result: RawType | null } };

export interface RawBounds {
  readonly prev: RawBounds | null;
  readonly bound: RawBound;
}

export type RawBound =
  | { readonly k: 'trait'; readonly maybe: Token | null; readonly at?: Token; readonly binder: Group | null; readonly path: RawTypePath }
  | { readonly k: 'lifetime'; readonly token: Token }
  | { readonly k: 'group'; readonly group: Group }
  /** `use['a, T]`. */
  | { readonly k: 'use'; readonly at: Token; readonly group: Group };

export type RawTypeArg =
  | { readonly k: 'type'; readonly type: RawType }
  | { readonly k: 'lifetime'; readonly token: Token }
  | { readonly k: 'const'; readonly minus: Token | null; readonly token: Token }
  | { readonly k: 'constBlock'; readonly group: Group }
  | { readonly k: 'binding'; readonly name: Token; readonly args: Group | null; readonly type: RawType | null; readonly bounds: RawBounds | null };

export interface RawPattern {
  readonly prev: RawPattern | null;
  readonly pat: RawPat;
  readonly n: number;
}

export type RawPatEnd =
  | { readonly k: 'literal'; readonly minus: Token | null; readonly token: Token }
  | { readonly k: 'path'; readonly path: RawPath };

export type RawPat =
  | { readonly k: 'wild' | 'rest'; readonly at: Token }
  | RawPatEnd
  | { readonly k: 'range'; readonly from: RawPatEnd | null; readonly dots: Token; readonly to: RawPatEnd | null }
  | { readonly k: 'tupleStruct'; readonly path: RawPath; readonly typeArgs?: Group; readonly args: Group }
  | { readonly k: 'struct'; readonly path: RawPath; readonly typeArgs?: Group; readonly body: Group }
  | { readonly k: 'tuple' | 'slice'; readonly group: Group }
  | { readonly k: 'ref'; readonly at: Token; readonly mutable: boolean; readonly inner: RawPat }
  | { readonly k: 'bind'; readonly start: Token; readonly byRef: boolean; readonly mutable: boolean; readonly name: Token; readonly sub: RawPat | null };

export type RawFieldPat =
  | { readonly k: 'field'; readonly name: Token; readonly pattern: RawPattern }
  | { readonly k: 'short'; readonly start: Token; readonly byRef: boolean; readonly mutable: boolean; readonly name: Token }
  | { readonly k: 'rest'; readonly at: Token };

export interface RawVisible {
  readonly word: Token;
  readonly where: Group | null;
}

export interface RawAttribute {
  readonly at: Token;
  readonly path: RawPath;
  readonly args: Group | null;
}

export interface RawWords {
  readonly prev: RawWords | null;
  readonly word: Token;
  readonly abi: Token | null;
}

export interface RawPredicates {
  readonly prev: RawPredicates | null;
  readonly what:
    | { readonly k: 'type'; readonly at?: Token; readonly binder: Group | null; readonly type: RawType; readonly bounds: RawBounds | null }
    | { readonly k: 'lifetime'; readonly lifetime: Token; readonly bounds: RawBounds };
}

interface Head {
  readonly vis: RawVisible | null;
  readonly word: Token;
}
interface Named extends Head {
  readonly name: Token;
}
interface Generic extends Named {
  readonly generics: Group | null;
  readonly where: RawPredicates | null;
}

export type RawItem =
  | (Generic & { readonly k: 'fn'; readonly words: RawWords | null; readonly params: Group; readonly result: RawType | null; readonly body: Block | null })
  | (Generic & { readonly k: 'struct'; readonly fields: Group | null; readonly body: Block | null })
  | (Generic & { readonly k: 'enum'; readonly body: Block | Group })
  | (Generic & { readonly k: 'trait'; readonly unsafe: Token | null; readonly supers: RawBounds | null; readonly body: Block })
  | { readonly k: 'impl'; readonly unsafe: Token | null; readonly word: Token; readonly generics: Group | null; readonly negative: Token | null; readonly trait: RawType | null; readonly self: RawType; readonly where: RawPredicates | null; readonly body: Block }
  | (Named & { readonly k: 'const'; readonly type: RawType | null; readonly value: RawExpr | null })
  | RawStatic
  | (Generic & { readonly k: 'typeAlias'; readonly bounds: RawBounds | null; readonly type: RawType | null })
  | (Head & { readonly k: 'use'; readonly tree: RawUseTree })
  | (Named & { readonly k: 'mod'; readonly body: Block | null })
  | { readonly k: 'extern'; readonly word: Token; readonly unsafe: Token | null; readonly abi: Token | null; readonly body: Block }
  | { readonly k: 'externStatic'; readonly word: Token; readonly abi: Token | null; readonly item: RawStatic };

export type RawStatic = Named & { readonly k: 'static'; readonly mutable: Token | null; readonly type: RawType | null; readonly value: RawExpr | null };

export interface RawUsePath {
  readonly prev: RawUsePath | null;
  readonly name: Token;
}

export type RawUseTree =
  | { readonly k: 'name'; readonly path: RawUsePath; readonly alias: Token | null }
  | { readonly k: 'glob'; readonly path: RawUsePath | null; readonly at: Token }
  | { readonly k: 'group'; readonly path: RawUsePath | null; readonly group: Group };

export interface RawField {
  readonly vis: RawVisible | null;
  readonly name: Token;
  readonly type: RawType;
}
export interface RawTupleField {
  readonly vis: RawVisible | null;
  readonly type: RawType;
}
export interface RawVariant {
  readonly name: Token;
  readonly body: Group | null;
  readonly value: RawExpr | null;
}

export type RawParam =
  | { readonly k: 'param'; readonly pattern: RawPattern; readonly type: RawType | null }
  | { readonly k: 'self'; readonly start: Token; readonly reference: boolean; readonly lifetime: Token | null; readonly mutable: boolean; readonly self: Token; readonly type: RawType | null };

export type RawGenericParam =
  | { readonly k: 'type'; readonly name: Token; readonly bounds: RawBounds | null; readonly fallback: RawType | null }
  | { readonly k: 'lifetime'; readonly name: Token; readonly bounds: RawBounds | null }
  | { readonly k: 'const'; readonly word: Token; readonly name: Token; readonly type: RawType; readonly fallback: RawExpr | null };

/** Each start rule of the grammar, and what it gives. */
export interface Starts {
  exprStmt: RawStatement;
  letStmt: RawLet;
  deferStmt: RawDefer;
  arm: RawArm;
  expr: RawExpr;
  arg: RawArg;
  fieldInit: RawFieldInit;
  type: RawType;
  typeArg: RawTypeArg;
  fnTypeParam: RawType;
  bound: RawBound;
  pattern: RawPattern;
  fieldPat: RawFieldPat;
  visPath: RawPath;
  attribute: RawAttribute;
  fnItem: RawItem;
  structItem: RawItem;
  enumItem: RawItem;
  traitItem: RawItem;
  implItem: RawItem;
  constItem: RawItem;
  staticItem: RawItem;
  typeItem: RawItem;
  useItem: RawItem;
  modItem: RawItem;
  externItem: RawItem;
  externStatic: RawItem;
  useTree: RawUseTree;
  field: RawField;
  tupleField: RawTupleField;
  variant: RawVariant;
  param: RawParam;
  closureParam: RawParam;
  genericParam: RawGenericParam;
}
