# The grammar of Altru, over what layout and suites leave: one logical line, or one element between commas of a group, at a time.
# A group is one word (%paren %bracket %brace), its elements are parsed by the rule its place calls for; so is a suite (%block).
# Precedence is not here: an expression is a flat list of operands and operators, which `operators.ts` nests by the table of the
# language. Lists are left-recursive, postprocessors are O(1) and pure. One parse for every input: a spec holds it to that.
# After a change: npm run grammar

@preprocessor esmodule
@{%
const lexer = { has: () => true };
const first = d => d[0];
const second = d => d[1];
const none = () => null;
%}
@lexer lexer

# ---------------------------------------------------------------- statements

exprStmt -> expr {% d => ({ k: 'expr', value: d[0] }) %}
  | expr "=" expr {% d => ({ k: 'assign', target: d[0], op: d[1], value: d[2] }) %}
  | expr %assignop expr {% d => ({ k: 'assign', target: d[0], op: d[1], value: d[2] }) %}

letStmt -> "let" pattern annotation initial letElse {% d => ({ k: 'let', word: d[0], pattern: d[1], type: d[2], value: d[3], orElse: d[4] }) %}
annotation -> null {% none %} | ":" type {% second %}
initial -> null {% none %} | "=" expr {% second %}
letElse -> null {% none %} | "letelse" ":" %block {% d => d[2] %}

deferStmt -> "defer" exprStmt {% d => ({ k: 'defer', word: d[0], body: d[1], block: null }) %}
  | "defer" ":" %block {% d => ({ k: 'defer', word: d[0], body: null, block: d[2] }) %}

arm -> pattern guard ":" %block {% d => ({ k: 'arm', pattern: d[0], guard: d[1], body: d[3] }) %}
guard -> null {% none %} | "if" expr {% second %}

# ---------------------------------------------------------------- expressions: flat lists

expr -> seq {% first %}
  | isseq {% first %}
  | seq dots {% d => ({ prev: d[0], op: d[1], item: null, n: d[0].n + 1 }) %}
  | dots {% d => ({ prev: null, op: d[0], item: null, n: 1 }) %}
  | jump {% d => ({ prev: null, op: null, item: { k: 'operand', pre: null, base: d[0] }, n: 1 }) %}
  | prefixes jump {% d => ({ prev: null, op: null, item: { k: 'operand', pre: d[0], base: d[1] }, n: 1 }) %}
  | seq binop jump {% d => ({ prev: d[0], op: d[1], item: { k: 'operand', pre: null, base: d[2] }, n: d[0].n + 1 }) %}
  | isseq andor jump {% d => ({ prev: d[0], op: d[1], item: { k: 'operand', pre: null, base: d[2] }, n: d[0].n + 1 }) %}

seq -> operand {% d => ({ prev: null, op: null, item: d[0], n: 1 }) %}
  | seq binop operand {% d => ({ prev: d[0], op: d[1], item: d[2], n: d[0].n + 1 }) %}
  | seq "as" ntype {% d => ({ prev: d[0], op: d[1], item: d[2], n: d[0].n + 1 }) %}
  | isseq andor operand {% d => ({ prev: d[0], op: d[1], item: d[2], n: d[0].n + 1 }) %}
isseq -> seq "is" pattern {% d => ({ prev: d[0], op: d[1], item: d[2], n: d[0].n + 1 }) %}

binop -> %op {% first %} | "<" {% first %} | ">" {% first %} | "+" {% first %} | "-" {% first %} | "*" {% first %} | "&" {% first %} | "|" {% first %} | andor {% first %} | dots {% first %}
andor -> "and" {% first %} | "or" {% first %}
dots -> ".." {% first %} | "..=" {% first %}

operand -> postfix {% d => ({ k: 'operand', pre: null, base: d[0] }) %}
  | prefixes postfix {% d => ({ k: 'operand', pre: d[0], base: d[1] }) %}
prefixes -> prefix {% d => ({ prev: null, op: d[0], n: 1 }) %}
  | prefixes prefix {% d => ({ prev: d[0], op: d[1], n: d[0].n + 1 }) %}
prefix -> "-" {% d => ({ k: 'minus', at: d[0] }) %}
  | "~" {% d => ({ k: 'flip', at: d[0] }) %}
  | "*" {% d => ({ k: 'deref', at: d[0] }) %}
  | "not" {% d => ({ k: 'not', at: d[0] }) %}
  | "&" {% d => ({ k: 'ref', at: d[0] }) %}
  | "&" "mut" {% d => ({ k: 'refMut', at: d[0] }) %}
  | "&" "raw" "const" {% d => ({ k: 'raw', at: d[0] }) %}
  | "&" "raw" "mut" {% d => ({ k: 'rawMut', at: d[0] }) %}
  | dots {% d => ({ k: 'dots', at: d[0] }) %}
  | "letlink" pattern "=" {% d => ({ k: 'let', at: d[0], pattern: d[1] }) %}

jump -> "return" {% d => ({ k: 'return', word: d[0], value: null }) %}
  | "return" expr {% d => ({ k: 'return', word: d[0], value: d[1] }) %}
  | "break" {% d => ({ k: 'break', word: d[0], label: null, value: null }) %}
  | "break" expr {% d => ({ k: 'break', word: d[0], label: null, value: d[1] }) %}
  | "break" %lifetime {% d => ({ k: 'break', word: d[0], label: d[1], value: null }) %}
  | "break" %lifetime expr {% d => ({ k: 'break', word: d[0], label: d[1], value: d[2] }) %}
  | "continue" {% d => ({ k: 'continue', word: d[0], label: null }) %}
  | "continue" %lifetime {% d => ({ k: 'continue', word: d[0], label: d[1] }) %}

postfix -> atom {% first %}
  | postfix "." %ident {% d => ({ k: 'field', base: d[0], name: d[2], n: d[0].n + 1 }) %}
  | postfix "." %int {% d => ({ k: 'field', base: d[0], name: d[2], n: d[0].n + 1 }) %}
  | postfix %paren {% d => ({ k: 'call', base: d[0], args: d[1], n: d[0].n + 1 }) %}
  | postfix %bracket {% d => ({ k: 'index', base: d[0], args: d[1], n: d[0].n + 1 }) %}
  | postfix "?" {% d => ({ k: 'try', base: d[0], mark: d[1], n: d[0].n + 1 }) %}

atom -> %literal {% d => ({ k: 'literal', token: d[0], n: 1 }) %}
  | %int {% d => ({ k: 'literal', token: d[0], n: 1 }) %}
  | path {% d => ({ k: 'path', path: d[0], n: d[0].n }) %}
  | path %brace {% d => ({ k: 'struct', path: d[0], args: null, body: d[1], n: 1 }) %}
  | path %bracket %brace {% d => ({ k: 'struct', path: d[0], args: d[1], body: d[2], n: 1 }) %}
  | %paren {% d => ({ k: 'paren', group: d[0], n: 1 }) %}
  | %bracket {% d => ({ k: 'array', group: d[0], n: 1 }) %}
  | "_" {% d => ({ k: 'underscore', token: d[0], n: 1 }) %}
  | ifchain {% d => ({ k: 'if', chain: d[0], otherwise: null, n: 1 }) %}
  | ifchain "else" ":" %block {% d => ({ k: 'if', chain: d[0], otherwise: d[3], n: 1 }) %}
  | "match" expr ":" %block {% d => ({ k: 'match', word: d[0], value: d[1], body: d[3], n: 1 }) %}
  | "unsafe" ":" %block {% d => ({ k: 'unsafe', word: d[0], body: d[2], n: 1 }) %}
  | labelled {% d => ({ k: 'loop', label: null, what: d[0], n: 1 }) %}
  | %lifetime ":" labelled {% d => ({ k: 'loop', label: d[0], what: d[2], n: 1 }) %}
  | closure {% d => ({ k: 'closure', binder: null, move: null, what: d[0], n: 1 }) %}
  | "move" closure {% d => ({ k: 'closure', binder: null, move: d[0], what: d[1], n: 1 }) %}
  | "for" %bracket closure {% d => ({ k: 'closure', binder: d[1], word: d[0], move: null, what: d[2], n: 1 }) %}
  | "for" %bracket "move" closure {% d => ({ k: 'closure', binder: d[1], word: d[0], move: d[2], what: d[3], n: 1 }) %}

ifchain -> "if" expr ":" %block {% d => ({ prev: null, word: d[0], condition: d[1], body: d[3], n: 1 }) %}
  | ifchain "elif" expr ":" %block {% d => ({ prev: d[0], word: d[1], condition: d[2], body: d[4], n: d[0].n + 1 }) %}
labelled -> "do" ":" %block {% d => ({ k: 'do', word: d[0], body: d[2] }) %}
  | "loop" ":" %block {% d => ({ k: 'loop', word: d[0], body: d[2] }) %}
  | "while" expr ":" %block {% d => ({ k: 'while', word: d[0], condition: d[1], body: d[3] }) %}
  | "for" pattern "in" expr ":" %block {% d => ({ k: 'for', word: d[0], pattern: d[1], iterable: d[3], body: d[5] }) %}
closure -> "fn" %paren ":" %block {% d => ({ word: d[0], params: d[1], result: null, body: d[3] }) %}
  | "fn" %paren "->" type ":" %block {% d => ({ word: d[0], params: d[1], result: d[3], body: d[5] }) %}

# ---------------------------------------------------------------- elements of groups in expressions

arg -> expr {% d => ({ k: 'expr', value: d[0] }) %}
  | typeOnly {% d => ({ k: 'type', type: d[0] }) %}
  | %lifetime {% d => ({ k: 'lifetime', token: d[0] }) %}
  | %ident "=" expr {% d => ({ k: 'named', name: d[0], args: null, value: d[2], type: null, bounds: null }) %}
  | %ident "=" typeOnly {% d => ({ k: 'named', name: d[0], args: null, value: null, type: d[2], bounds: null }) %}
  | %ident %bracket "=" type {% d => ({ k: 'named', name: d[0], args: d[1], value: null, type: d[3], bounds: null }) %}
  | %ident ":" bounds {% d => ({ k: 'named', name: d[0], args: null, value: null, type: null, bounds: d[2] }) %}
  | %brace {% d => ({ k: 'constBlock', group: d[0] }) %}

# A type that no expression looks like.
typeOnly -> "*" "mut" ntype {% d => ({ k: 'ptr', at: d[0], mutable: true, inner: d[2] }) %}
  | "*" "const" ntype {% d => ({ k: 'ptr', at: d[0], mutable: false, inner: d[2] }) %}
  | "&" %lifetime ntype {% d => ({ k: 'ref', at: d[0], lifetime: d[1], mutable: false, inner: d[2] }) %}
  | "&" %lifetime "mut" ntype {% d => ({ k: 'ref', at: d[0], lifetime: d[1], mutable: true, inner: d[3] }) %}
  | "&" typeOnly {% d => ({ k: 'ref', at: d[0], lifetime: null, mutable: false, inner: d[1] }) %}
  | "&" "mut" typeOnly {% d => ({ k: 'ref', at: d[0], lifetime: null, mutable: true, inner: d[2] }) %}
  | "dyn" bounds {% d => ({ k: 'dyn', at: d[0], bounds: d[1] }) %}
  | "impl" bounds {% d => ({ k: 'impl', at: d[0], bounds: d[1] }) %}
  | fnType {% first %}
  | "!" {% d => ({ k: 'never', at: d[0] }) %}
  | fnSugar {% d => ({ k: 'path', path: d[0] }) %}
fnSugar -> path %paren "->" ntype {% d => ({ k: 'sugar', prev: d[0], args: d[1], output: d[3], n: d[0].n + 1 }) %}

fieldInit -> fieldName ":" expr {% d => ({ k: 'init', name: d[0], value: d[2] }) %}
  | %ident {% d => ({ k: 'short', name: d[0] }) %}
  | ".." expr {% d => ({ k: 'base', value: d[1] }) %}
fieldName -> %ident {% first %} | %int {% first %}

# ---------------------------------------------------------------- paths

path -> name {% d => ({ k: 'seg', prev: null, args: null, name: d[0], n: 1 }) %}
  | "::" name {% d => ({ k: 'seg', prev: null, args: null, global: d[0], name: d[1], n: 1 }) %}
  | path "::" name {% d => ({ k: 'seg', prev: d[0], args: null, name: d[2], n: d[0].n + 1 }) %}
  | path %bracket "::" name {% d => ({ k: 'seg', prev: d[0], args: d[1], name: d[3], n: d[0].n + 1 }) %}
  | qualified "::" name {% d => ({ k: 'seg', prev: d[0], args: null, name: d[2], n: 1 }) %}
name -> %ident {% first %} | "self" {% first %} | "Self" {% first %}
qualified -> "<" type ">" {% d => ({ k: 'qualified', open: d[0], type: d[1], trait: null, n: 1 }) %}
  | "<" type "as" tpath ">" {% d => ({ k: 'qualified', open: d[0], type: d[1], trait: d[3], n: 1 }) %}

# A path where only a type may stand: arguments may end it. `Fn(A) -> R` can only be its last segment.
tpath -> tbase {% first %}
  | tlast {% d => ({ k: 'tseg', prev: null, seg: d[0], n: 1 }) %}
  | "::" tlast {% d => ({ k: 'tseg', prev: null, global: d[0], seg: d[1], n: 1 }) %}
  | tbase "::" tlast {% d => ({ k: 'tseg', prev: d[0], seg: d[2], n: d[0].n + 1 }) %}
tbase -> tseg {% d => ({ k: 'tseg', prev: null, seg: d[0], n: 1 }) %}
  | "::" tseg {% d => ({ k: 'tseg', prev: null, global: d[0], seg: d[1], n: 1 }) %}
  | tbase "::" tseg {% d => ({ k: 'tseg', prev: d[0], seg: d[2], n: d[0].n + 1 }) %}
  | qualified "::" tseg {% d => ({ k: 'tseg', prev: d[0], seg: d[2], n: 1 }) %}
tseg -> name {% d => ({ name: d[0], args: null, output: null }) %}
  | name %bracket {% d => ({ name: d[0], args: d[1], output: null }) %}
tlast -> name %paren {% d => ({ name: d[0], args: d[1], output: null }) %}
  | name %paren "->" ntype {% d => ({ name: d[0], args: d[1], output: d[3] }) %}

# ---------------------------------------------------------------- types

type -> ntype {% first %}
  | "dyn" manyBounds {% d => ({ k: 'dyn', at: d[0], bounds: d[1] }) %}
  | "impl" manyBounds {% d => ({ k: 'impl', at: d[0], bounds: d[1] }) %}
ntype -> tpath {% d => ({ k: 'path', path: d[0] }) %}
  | "&" ntype {% d => ({ k: 'ref', at: d[0], lifetime: null, mutable: false, inner: d[1] }) %}
  | "&" "mut" ntype {% d => ({ k: 'ref', at: d[0], lifetime: null, mutable: true, inner: d[2] }) %}
  | "&" %lifetime ntype {% d => ({ k: 'ref', at: d[0], lifetime: d[1], mutable: false, inner: d[2] }) %}
  | "&" %lifetime "mut" ntype {% d => ({ k: 'ref', at: d[0], lifetime: d[1], mutable: true, inner: d[3] }) %}
  | "*" "mut" ntype {% d => ({ k: 'ptr', at: d[0], mutable: true, inner: d[2] }) %}
  | "*" "const" ntype {% d => ({ k: 'ptr', at: d[0], mutable: false, inner: d[2] }) %}
  | %paren {% d => ({ k: 'tuple', group: d[0] }) %}
  | %bracket {% d => ({ k: 'array', group: d[0] }) %}
  | "!" {% d => ({ k: 'never', at: d[0] }) %}
  | "_" {% d => ({ k: 'infer', at: d[0] }) %}
  | fnType {% first %}
  | "dyn" bound {% d => ({ k: 'dyn', at: d[0], bounds: { prev: null, bound: d[1] } }) %}
  | "impl" bound {% d => ({ k: 'impl', at: d[0], bounds: { prev: null, bound: d[1] } }) %}

fnType -> fnTail {% d => ({ k: 'fn', at: d[0].word, binder: null, unsafe: null, abi: null, tail: d[0] }) %}
  | fnQuals fnTail {% d => ({ k: 'fn', at: d[0].at, binder: null, unsafe: d[0].unsafe, abi: d[0].abi, tail: d[1] }) %}
  | "for" %bracket fnTail {% d => ({ k: 'fn', at: d[0], binder: d[1], unsafe: null, abi: null, tail: d[2] }) %}
  | "for" %bracket fnQuals fnTail {% d => ({ k: 'fn', at: d[0], binder: d[1], unsafe: d[2].unsafe, abi: d[2].abi, tail: d[3] }) %}
fnQuals -> "unsafe" {% d => ({ at: d[0], unsafe: d[0], abi: null }) %}
  | "extern" abi {% d => ({ at: d[0], unsafe: null, abi: d[1] ?? 'C' }) %}
  | "unsafe" "extern" abi {% d => ({ at: d[0], unsafe: d[0], abi: d[2] ?? 'C' }) %}
abi -> null {% none %} | %literal {% first %}
fnTail -> "fn" %paren {% d => ({ word: d[0], params: d[1], result: null }) %}
  | "fn" %paren "->" ntype {% d => ({ word: d[0], params: d[1], result: d[3] }) %}

bounds -> bound {% d => ({ prev: null, bound: d[0] }) %} | manyBounds {% first %}
manyBounds -> bound "+" bound {% d => ({ prev: { prev: null, bound: d[0] }, bound: d[2] }) %}
  | manyBounds "+" bound {% d => ({ prev: d[0], bound: d[2] }) %}
bound -> tpath {% d => ({ k: 'trait', maybe: null, binder: null, path: d[0] }) %}
  | "?" tpath {% d => ({ k: 'trait', maybe: d[0], binder: null, path: d[1] }) %}
  | "for" %bracket tpath {% d => ({ k: 'trait', maybe: null, at: d[0], binder: d[1], path: d[2] }) %}
  | %lifetime {% d => ({ k: 'lifetime', token: d[0] }) %}
  | %paren {% d => ({ k: 'group', group: d[0] }) %}
  | "use" %bracket {% d => ({ k: 'use', at: d[0], group: d[1] }) %}

typeArg -> type {% d => ({ k: 'type', type: d[0] }) %}
  | %lifetime {% d => ({ k: 'lifetime', token: d[0] }) %}
  | %literal {% d => ({ k: 'const', minus: null, token: d[0] }) %}
  | %int {% d => ({ k: 'const', minus: null, token: d[0] }) %}
  | "-" %int {% d => ({ k: 'const', minus: d[0], token: d[1] }) %}
  | "-" %literal {% d => ({ k: 'const', minus: d[0], token: d[1] }) %}
  | %brace {% d => ({ k: 'constBlock', group: d[0] }) %}
  | %ident "=" type {% d => ({ k: 'binding', name: d[0], args: null, type: d[2], bounds: null }) %}
  | %ident %bracket "=" type {% d => ({ k: 'binding', name: d[0], args: d[1], type: d[3], bounds: null }) %}
  | %ident ":" bounds {% d => ({ k: 'binding', name: d[0], args: null, type: null, bounds: d[2] }) %}
  | %ident %bracket ":" bounds {% d => ({ k: 'binding', name: d[0], args: d[1], type: null, bounds: d[3] }) %}

fnTypeParam -> type {% first %}
  | %ident ":" type {% d => d[2] %}
  | "_" ":" type {% d => d[2] %}

# ---------------------------------------------------------------- patterns

pattern -> pat {% d => ({ prev: null, pat: d[0], n: 1 }) %}
  | "|" pat {% d => ({ prev: null, pat: d[1], n: 1 }) %}
  | pattern "|" pat {% d => ({ prev: d[0], pat: d[2], n: d[0].n + 1 }) %}
# `&mut x` is a reference pattern: after `&` no `mut` begins a binding.
pat -> pat1 {% first %}
  | mutBinding {% d => ({ k: 'bind', start: d[0].start, byRef: false, mutable: true, name: d[0].name, sub: null }) %}
  | mutBinding "@" pat {% d => ({ k: 'bind', start: d[0].start, byRef: false, mutable: true, name: d[0].name, sub: d[2] }) %}
pat1 -> "_" {% d => ({ k: 'wild', at: d[0] }) %}
  | ".." {% d => ({ k: 'rest', at: d[0] }) %}
  | patEnd {% first %}
  | patEnd dots patEnd {% d => ({ k: 'range', from: d[0], dots: d[1], to: d[2] }) %}
  | patEnd ".." {% d => ({ k: 'range', from: d[0], dots: d[1], to: null }) %}
  | dots patEnd {% d => ({ k: 'range', from: null, dots: d[0], to: d[1] }) %}
  | path %paren {% d => ({ k: 'tupleStruct', path: d[0], args: d[1] }) %}
  | path %brace {% d => ({ k: 'struct', path: d[0], body: d[1] }) %}
  | path %bracket %paren {% d => ({ k: 'tupleStruct', path: d[0], typeArgs: d[1], args: d[2] }) %}
  | path %bracket %brace {% d => ({ k: 'struct', path: d[0], typeArgs: d[1], body: d[2] }) %}
  | %paren {% d => ({ k: 'tuple', group: d[0] }) %}
  | %bracket {% d => ({ k: 'slice', group: d[0] }) %}
  | "&" pat1 {% d => ({ k: 'ref', at: d[0], mutable: false, inner: d[1] }) %}
  | "&" "mut" pat {% d => ({ k: 'ref', at: d[0], mutable: true, inner: d[2] }) %}
  | refBinding {% d => ({ k: 'bind', start: d[0].start, byRef: true, mutable: d[0].mutable, name: d[0].name, sub: null }) %}
  | refBinding "@" pat {% d => ({ k: 'bind', start: d[0].start, byRef: true, mutable: d[0].mutable, name: d[0].name, sub: d[2] }) %}
  | %ident "@" pat {% d => ({ k: 'bind', start: d[0], byRef: false, mutable: false, name: d[0], sub: d[2] }) %}
patEnd -> %literal {% d => ({ k: 'literal', minus: null, token: d[0] }) %}
  | %int {% d => ({ k: 'literal', minus: null, token: d[0] }) %}
  | "-" %literal {% d => ({ k: 'literal', minus: d[0], token: d[1] }) %}
  | "-" %int {% d => ({ k: 'literal', minus: d[0], token: d[1] }) %}
  | path {% d => ({ k: 'path', path: d[0] }) %}
mutBinding -> "mut" %ident {% d => ({ start: d[0], byRef: false, mutable: true, name: d[1] }) %}
refBinding -> "ref" %ident {% d => ({ start: d[0], byRef: true, mutable: false, name: d[1] }) %}
  | "ref" "mut" %ident {% d => ({ start: d[0], byRef: true, mutable: true, name: d[2] }) %}

fieldPat -> fieldName ":" pattern {% d => ({ k: 'field', name: d[0], pattern: d[2] }) %}
  | %ident {% d => ({ k: 'short', start: d[0], byRef: false, mutable: false, name: d[0] }) %}
  | mutBinding {% d => ({ k: 'short', start: d[0].start, byRef: false, mutable: true, name: d[0].name }) %}
  | refBinding {% d => ({ k: 'short', start: d[0].start, byRef: d[0].byRef, mutable: d[0].mutable, name: d[0].name }) %}
  | ".." {% d => ({ k: 'rest', at: d[0] }) %}

# ---------------------------------------------------------------- items (`self: T` is a pattern with a type here)

visible -> null {% none %} | "pub" {% d => ({ word: d[0], where: null }) %} | "pub" %paren {% d => ({ word: d[0], where: d[1] }) %}
visPath -> "in" path {% second %} | path {% first %}
attribute -> "@" path {% d => ({ at: d[0], path: d[1], args: null }) %}
  | "@" path %paren {% d => ({ at: d[0], path: d[1], args: d[2] }) %}

fnItem -> visible fnWords "fn" %ident generics %paren result where body {% d => ({ k: 'fn', vis: d[0], words: d[1], word: d[2], name: d[3], generics: d[4], params: d[5], result: d[6], where: d[7], body: d[8] }) %}
fnWords -> null {% none %}
  | fnWords "const" {% d => ({ prev: d[0], word: d[1], abi: null }) %}
  | fnWords "unsafe" {% d => ({ prev: d[0], word: d[1], abi: null }) %}
  | fnWords "extern" {% d => ({ prev: d[0], word: d[1], abi: null }) %}
  | fnWords "extern" %literal {% d => ({ prev: d[0], word: d[1], abi: d[2] }) %}
generics -> null {% none %} | %bracket {% first %}
result -> null {% none %} | "->" type {% second %}
body -> null {% none %} | ":" %block {% second %}
where -> null {% none %} | "where" {% none %} | "where" predicates {% second %} | "where" predicates "," {% second %}
predicates -> predicate {% d => ({ prev: null, what: d[0] }) %} | predicates "," predicate {% d => ({ prev: d[0], what: d[2] }) %}
predicate -> type ":" bounds {% d => ({ k: 'type', binder: null, type: d[0], bounds: d[2] }) %}
  | type ":" {% d => ({ k: 'type', binder: null, type: d[0], bounds: null }) %}
  | "for" %bracket type ":" bounds {% d => ({ k: 'type', at: d[0], binder: d[1], type: d[2], bounds: d[4] }) %}
  | %lifetime ":" bounds {% d => ({ k: 'lifetime', lifetime: d[0], bounds: d[2] }) %}

structItem -> visible "struct" %ident generics where body {% d => ({ k: 'struct', vis: d[0], word: d[1], name: d[2], generics: d[3], fields: null, where: d[4], body: d[5] }) %}
  | visible "struct" %ident generics %paren where body {% d => ({ k: 'struct', vis: d[0], word: d[1], name: d[2], generics: d[3], fields: d[4], where: d[5], body: d[6] }) %}
  | visible "struct" %ident generics where %brace {% d => ({ k: 'struct', vis: d[0], word: d[1], name: d[2], generics: d[3], fields: d[5], where: d[4], body: null }) %}
enumItem -> visible "enum" %ident generics where ":" %block {% d => ({ k: 'enum', vis: d[0], word: d[1], name: d[2], generics: d[3], where: d[4], body: d[6] }) %}
  | visible "enum" %ident generics where %brace {% d => ({ k: 'enum', vis: d[0], word: d[1], name: d[2], generics: d[3], where: d[4], body: d[5] }) %}
traitItem -> visible unsafety "trait" %ident generics supers where ":" %block {% d => ({ k: 'trait', vis: d[0], unsafe: d[1], word: d[2], name: d[3], generics: d[4], supers: d[5], where: d[6], body: d[8] }) %}
supers -> null {% none %} | ":" bounds {% second %}
unsafety -> null {% none %} | "unsafe" {% first %}
implItem -> unsafety "impl" generics negative type "for" type where ":" %block {% d => ({ k: 'impl', unsafe: d[0], word: d[1], generics: d[2], negative: d[3], trait: d[4], self: d[6], where: d[7], body: d[9] }) %}
  | unsafety "impl" generics type where ":" %block {% d => ({ k: 'impl', unsafe: d[0], word: d[1], generics: d[2], negative: null, trait: null, self: d[3], where: d[4], body: d[6] }) %}
negative -> null {% none %} | "!" {% first %}
constItem -> visible "const" constName annotation initial {% d => ({ k: 'const', vis: d[0], word: d[1], name: d[2], type: d[3], value: d[4] }) %}
constName -> %ident {% first %} | "_" {% first %}
staticItem -> visible "static" %ident annotation initial {% d => ({ k: 'static', vis: d[0], word: d[1], mutable: null, name: d[2], type: d[3], value: d[4] }) %}
  | visible "static" "mut" %ident annotation initial {% d => ({ k: 'static', vis: d[0], word: d[1], mutable: d[2], name: d[3], type: d[4], value: d[5] }) %}
typeItem -> visible "type" %ident generics supers where typeValue {% d => ({ k: 'typeAlias', vis: d[0], word: d[1], name: d[2], generics: d[3], bounds: d[4], where: d[5], type: d[6] }) %}
typeValue -> null {% none %} | "=" type {% second %} | "=" type "where" predicates {% second %}
useItem -> visible "use" useTree {% d => ({ k: 'use', vis: d[0], word: d[1], tree: d[2] }) %}
modItem -> visible "mod" %ident body {% d => ({ k: 'mod', vis: d[0], word: d[1], name: d[2], body: d[3] }) %}
externItem -> unsafety "extern" abi ":" %block {% d => ({ k: 'extern', word: d[1], unsafe: d[0], abi: d[2], body: d[4] }) %}
externStatic -> "extern" abi staticItem {% d => ({ k: 'externStatic', word: d[0], abi: d[1], item: d[2] }) %}

useTree -> usePath {% d => ({ k: 'name', path: d[0], alias: null }) %}
  | usePath "as" constName {% d => ({ k: 'name', path: d[0], alias: d[2] }) %}
  | usePath "::" "*" {% d => ({ k: 'glob', path: d[0], at: d[2] }) %}
  | "*" {% d => ({ k: 'glob', path: null, at: d[0] }) %}
  | usePath "::" %brace {% d => ({ k: 'group', path: d[0], group: d[2] }) %}
  | %brace {% d => ({ k: 'group', path: null, group: d[0] }) %}
usePath -> name {% d => ({ prev: null, name: d[0] }) %}
  | "::" name {% d => ({ prev: null, name: d[1] }) %}
  | usePath "::" name {% d => ({ prev: d[0], name: d[2] }) %}

field -> visible %ident ":" type {% d => ({ k: 'field', vis: d[0], name: d[1], type: d[3] }) %}
tupleField -> visible type {% d => ({ k: 'tupleField', vis: d[0], type: d[1] }) %}
variant -> %ident discriminant {% d => ({ k: 'variant', name: d[0], body: null, value: d[1] }) %}
  | %ident %paren discriminant {% d => ({ k: 'variant', name: d[0], body: d[1], value: d[2] }) %}
  | %ident %brace discriminant {% d => ({ k: 'variant', name: d[0], body: d[1], value: d[2] }) %}
discriminant -> null {% none %} | "=" expr {% second %}

param -> pattern ":" type {% d => ({ k: 'param', pattern: d[0], type: d[2] }) %}
  | "self" {% d => ({ k: 'self', start: d[0], reference: false, lifetime: null, mutable: false, self: d[0], type: null }) %}
  | "mut" "self" {% d => ({ k: 'self', start: d[0], reference: false, lifetime: null, mutable: true, self: d[1], type: null }) %}
  | "mut" "self" ":" type {% d => ({ k: 'self', start: d[0], reference: false, lifetime: null, mutable: true, self: d[1], type: d[3] }) %}
  | "&" "self" {% d => ({ k: 'self', start: d[0], reference: true, lifetime: null, mutable: false, self: d[1], type: null }) %}
  | "&" "mut" "self" {% d => ({ k: 'self', start: d[0], reference: true, lifetime: null, mutable: true, self: d[2], type: null }) %}
  | "&" %lifetime "self" {% d => ({ k: 'self', start: d[0], reference: true, lifetime: d[1], mutable: false, self: d[2], type: null }) %}
  | "&" %lifetime "mut" "self" {% d => ({ k: 'self', start: d[0], reference: true, lifetime: d[1], mutable: true, self: d[3], type: null }) %}
closureParam -> pattern {% d => ({ k: 'param', pattern: d[0], type: null }) %}
  | pattern ":" type {% d => ({ k: 'param', pattern: d[0], type: d[2] }) %}

genericParam -> %ident supers {% d => ({ k: 'type', name: d[0], bounds: d[1], fallback: null }) %}
  | %ident ":" {% d => ({ k: 'type', name: d[0], bounds: null, fallback: null }) %}
  | %ident supers "=" type {% d => ({ k: 'type', name: d[0], bounds: d[1], fallback: d[3] }) %}
  | %lifetime supers {% d => ({ k: 'lifetime', name: d[0], bounds: d[1] }) %}
  | "const" %ident ":" type {% d => ({ k: 'const', name: d[1], word: d[0], type: d[3], fallback: null }) %}
  | "const" %ident ":" type "=" expr {% d => ({ k: 'const', name: d[1], word: d[0], type: d[3], fallback: d[5] }) %}
