/**
 * A session: a script that is written line by line. What was accepted is a list of entries; together they are one program, whose tree is put
 * together here and goes the way of every program. In: entries and a new one. Out: problems, types, code.
 * A later line is checked against what the earlier ones left (`brief.ts`), not against their whole text, as long as that finds nothing wrong and changes
 * nothing; else the script is checked as a whole, so that problems are always those of a file.
 * Between entries stands a halt, a call that the host sees, so that a run can stop where the session stands, before any variable is dropped. An entry
 * that defines a name anew opens a scope around itself and all that follows, as a block in a file would: what was defined before keeps the old one.
 * Invariant: the entries' trees are never changed; each check makes new nodes around them. Cost: that of the line and of the variables that are there; at worst of the whole script.
 */
import { checkTree, emitChecked, hasErrors, type Checked, type Earlier, type KnownBody, type Library } from '../compile.ts';
import { freshId, pathOf } from '../names/fresh.ts';
import type { Problem } from '../report/problem.ts';
import { parseSnippet } from '../syntax/parse.ts';
import type { Expr, File, Item, NodeId, Statement } from '../syntax/tree.ts';
import type { SourceFile, Sources } from '../text/sources.ts';
import type { Span } from '../text/span.ts';
import { printType } from '../types/print.ts';
import type { Kept, Resume } from '../emit/kept.ts';
import type { DefId, Type } from '../types/type.ts';
import { lang } from '../types/universe.ts';
import { briefsOf, type Brief } from './brief.ts';
import type { Profile, Program } from '../../vm/code/program.ts';

/** How the value of an entry's last expression is told: by a trait, by its type alone, or not at all. */
export type Shown = 'debug' | 'display' | 'type' | 'none';

export interface SessionEntry {
  readonly text: string;
  readonly file: SourceFile;
  readonly tree: File;
  readonly shown: Shown;
  /** Opens a scope for itself and what follows. */
  readonly opens: boolean;
}

export interface SessionBase {
  readonly sources: Sources;
  readonly library: Library;
  readonly load: (path: string) => SourceFile | null;
}

export interface Read {
  readonly file: SourceFile;
  readonly tree: File;
  readonly problems: readonly Problem[];
  readonly incomplete: boolean;
}

export interface SessionCheck {
  readonly problems: readonly Problem[];
  readonly checked: Checked;
  /** The script's body. */
  readonly body: DefId | null;
  readonly entries: readonly SessionEntry[];
  /** What later lines need to know of each entry; empty when there are errors. */
  readonly briefs: readonly Brief[];
  /** Earlier entries were not checked again: their trees are not in `checked`, and the code is only good to go on from where they end. */
  readonly isBrief: boolean;
  /** Type of the last entry's last expression, when it has one; `text` is as a message would print it. */
  readonly value: { readonly type: Type; readonly text: string } | null;
}

/** What stands around a shown value in the output: the face takes it out of what the program writes. */
export const SHOWN_FROM = '\u{10ffff}\u{2}';
export const SHOWN_TO = '\u{10ffff}\u{3}';

/** Reads what was typed. `name` is how problems call it; ids of nodes are never used twice in a session. */
export function readEntry(base: SessionBase, name: string, text: string, ids: { next: number }): Read {
  const file = base.sources.add(name, text);
  const parsed = parseSnippet(file, ids.next);
  ids.next = parsed.nextId;
  return { file, tree: parsed.value, problems: parsed.problems, incomplete: parsed.incomplete };
}

/** The expression that an entry ends with, when its value can be shown. */
export function lastExpression(tree: File): Expr | null {
  const last = tree.statements[tree.statements.length - 1];
  if (last?.kind !== 'expr') return null;
  switch (last.expr.kind) {
    case 'while': case 'for': case 'assignExpr': case 'return': case 'break': case 'continue': return null;
    default: return last.expr;
  }
}

/** `if`, `match` and other blocks: as a statement their value may be of any type, or of several, and is nobody's. */
const isControl = (expr: Expr): boolean => ['if', 'match', 'loop', 'do', 'unsafe'].includes(expr.kind);

/** Problems that an entry of this kind can only have because it is shown. */
const onlyUnshowable = (problems: readonly Problem[], expr: Expr): boolean =>
  problems.filter(p => p.severity === 'error').every(p => p.code === 'E0277' && p.span.file === expr.span.file && p.span.start === expr.span.start && p.span.end === expr.span.end);

const isRedefinition = (problems: readonly Problem[], file: SourceFile): boolean => problems.some(p => REDEFINED.has(p.code) && p.span.file === file.id);
const REDEFINED = new Set(['E0428', 'E0252', 'E0254', 'E0255', 'E0260']);

/** Checks the session with one entry more, in the manner that fits the entry; `known` is the last check of the entries before, where there is one. */
export function checkEntry(base: SessionBase, before: readonly SessionEntry[], read: Read, ids: { next: number }, known: SessionCheck | null = null, mayBeBrief = true): SessionCheck {
  if (mayBeBrief && known !== null && before.length > 0 && known.briefs.length === before.length && isHarmless(before, read)) {
    const check = checkInManners(base, before, read, ids, known, true);
    if (!hasErrors(check.problems) && continues(known, check)) return check;
  }
  return checkInManners(base, before, read, ids, known, false);
}

/** Whether no earlier line can mean something else because of what this one defines. */
function isHarmless(before: readonly SessionEntry[], { tree }: Read): boolean {
  return tree.items.every(item => {
    if (item.kind !== 'fn' && item.kind !== 'struct' && item.kind !== 'enum') return false;
    const mentioned = new RegExp(`(?<![\\p{L}\\p{N}_])${item.name.text}(?![\\p{L}\\p{N}_])`, 'u');
    return !before.some(entry => mentioned.test(entry.text));
  });
}

function checkInManners(base: SessionBase, before: readonly SessionEntry[], read: Read, ids: { next: number }, known: SessionCheck | null, isBrief: boolean): SessionCheck {
  const attempt = (shown: Shown, opens: boolean): SessionCheck =>
    checkSession(base, [...before, { text: read.file.text, file: read.file, tree: read.tree, shown, opens }], ids, known, isBrief);
  const expr = lastExpression(read.tree);
  const first = expr === null ? 'none' : 'debug';
  let opens = false;
  let check = attempt(first, false);
  if (before.length > 0 && isRedefinition(check.problems, read.file)) {
    opens = true;
    check = attempt(first, true);
  }
  if (expr === null || !hasErrors(check.problems)) return check;
  const plain = isControl(expr) ? attempt('none', opens) : null;
  if (plain === null ? !onlyUnshowable(check.problems, expr) : hasErrors(plain.problems)) return plain ?? check;
  const display = attempt('display', opens);
  if (!hasErrors(display.problems)) return display;
  return plain ?? attempt('type', opens);
}

export const isWorthShowing = (type: Type): boolean => type.kind !== 'never' && type.kind !== 'error' && !(type.kind === 'tuple' && type.elements.length === 0);

/** Checks a session: as a whole, or its last entry alone behind what an earlier check told of all that stand before it. */
export function checkSession(base: SessionBase, entries: readonly SessionEntry[], ids: { next: number }, known: SessionCheck | null = null, isBrief = false): SessionCheck {
  const last = entries[entries.length - 1];
  const root = last?.file ?? base.sources.add('<session>', '');
  const stood = new Map<NodeId, Type>();
  const briefs = isBrief ? (known?.briefs ?? []) : [];
  const tree = sessionTree(entries, root, briefs, stood);
  const earlier: Earlier = { stood, bodies: known === null || !isBrief ? new Map() : bodiesOf(known), promoted: promotedOf(known) };
  const checked = checkTree({ ...base, root }, tree, ids.next, [], entries.map(entry => entry.file), earlier);
  const body = checked.world.bodies.find(b => b.body.kind === 'block' && b.body.id === tree.id)?.owner ?? null;
  const expr = last === undefined ? null : lastExpression(last.tree);
  const type = expr === null || body === null ? undefined : checked.facts.get(body)?.types.get(expr.id);
  return {
    problems: checked.problems,
    checked,
    body,
    entries,
    briefs: body === null || hasErrors(checked.problems) ? [] : briefsOf(checked, body, entries, briefs),
    isBrief,
    value: type === undefined ? null : { type, text: printType(type, checked.world.definitions) },
  };
}

/** Code of a session, and what the next emission may go on from. */
export interface SessionCode {
  readonly program: Program | null;
  readonly problems: readonly Problem[];
  readonly check: SessionCheck;
  readonly kept: Kept | null;
  /** How a machine goes on that stands where the earlier code ended; null when the script must run from its start. */
  readonly resume: Resume | null;
}

/** Code of a session that has no errors; its entry is the script's body. Goes on from an earlier emission where the old entries still mean the same. */
export function emitSession(base: SessionBase, check: SessionCheck, profile: Profile, before: SessionCode | null): SessionCode {
  const root = check.entries[check.entries.length - 1]?.file;
  if (root === undefined || check.body === null) return { program: null, problems: [], check, kept: null, resume: null };
  const kept = before !== null && continues(before.check, check) ? before.kept : null;
  const { value, problems, kept: left, resume } = emitChecked({ ...base, root }, check.checked, { profile, entry: check.body, session: { standsAt: before?.check.entries.length ?? 0 }, ...(kept === null ? {} : { before: kept }) });
  return { program: value, problems, check, kept: value === null ? null : left, resume };
}

/** Whether the new check says the same of the old entries: they are all there, their expressions have the same types, and nothing got a destructor. */
export function continues(old: SessionCheck, now: SessionCheck): boolean {
  if (old.body === null || old.body !== now.body || !old.entries.every((entry, i) => entry === now.entries[i])) return false;
  const dropped = (check: SessionCheck): number => check.checked.universe.definitions.implsOf.get(lang(check.checked.universe, 'drop') ?? ('' as DefId))?.length ?? 0;
  if (dropped(old) !== dropped(now)) return false;
  const before = old.checked.facts.get(old.body);
  const after = now.checked.facts.get(old.body);
  if (before === undefined || after === undefined) return false;
  // What was checked in one of the two only: its variables are in both.
  for (const [id, type] of before.types) if (id > 0 && after.types.get(id) !== type && (!(old.isBrief || now.isBrief) || after.types.has(id))) return false;
  for (const [id, closure] of before.closures) {
    const same = after.closures.get(id);
    if (same === undefined && (old.isBrief || now.isBrief)) continue;
    if (same === undefined || same.kind !== closure.kind || same.type !== closure.type || same.captures.length !== closure.captures.length) return false;
    if (closure.captures.some((c, i) => c.mode !== same.captures[i]?.mode || c.type !== same.captures[i]?.type)) return false;
  }
  return true;
}

// ---------------------------------------------------------------- the tree

function promotedOf(known: SessionCheck | null): Earlier['promoted'] {
  const graph = known === null || known.body === null ? undefined : known.checked.graphs.get(known.body)?.[0];
  return graph === undefined ? new Map() : new Map([[graph.owner, graph.promoted]]);
}

/** The functions of an earlier check; bodies that derives wrote have new nodes each time. */
function bodiesOf({ checked }: SessionCheck): Map<DefId, KnownBody> {
  const bodies = new Map<DefId, KnownBody>();
  for (const { owner, body } of checked.world.bodies) {
    const facts = checked.facts.get(owner);
    const graphs = checked.graphs.get(owner);
    if (body.id > 0 && facts !== undefined && graphs !== undefined) bodies.set(owner, { id: body.id, facts, graphs });
  }
  return bodies;
}

function sessionTree(entries: readonly SessionEntry[], root: SourceFile, briefs: readonly Brief[], stood: Map<NodeId, Type>): File {
  let at = 0;
  const levels: { readonly items: Item[]; readonly statements: Statement[] }[] = [{ items: [], statements: [] }];
  entries.forEach((entry, i) => {
    if (entry.opens) levels.push({ items: [], statements: [] });
    const level = levels[levels.length - 1];
    if (level === undefined) return;
    level.items.push(...entry.tree.items);
    const brief = briefs[i] ?? null;
    if (brief !== null) {
      level.statements.push(...brief.map(left => standing(left, stood)));
      return;
    }
    const end = endOf(entry.file);
    if (at !== i) level.statements.push(halt(i, end));
    level.statements.push(...shownStatements(entry), halt(i + 1, end));
    at = i + 1;
  });
  const span: Span = { file: root.id, start: 0, end: root.text.length };
  let inner: Statement[] = [];
  for (let i = levels.length - 1; i > 0; i--) {
    const level = levels[i];
    if (level === undefined) continue;
    const items = level.items.map((item): Statement => ({ kind: 'item', item, id: freshId(), span: item.span }));
    const at = level.statements[0]?.span ?? span;
    const body = { kind: 'block' as const, doc: null, statements: [...items, ...level.statements, ...inner], id: freshId(), span: { ...span } };
    inner = [{ kind: 'expr', id: freshId(), span: at, expr: { kind: 'do', label: null, body, id: freshId(), span: at } }];
  }
  return { kind: 'file', doc: null, items: levels[0]?.items ?? [], statements: [...(levels[0]?.statements ?? []), ...inner], id: freshId(), span };
}

const endOf = (file: SourceFile): Span => {
  const end = file.text.trimEnd().length;
  return { file: file.id, start: Math.max(0, end - 1), end };
};

function call(path: readonly string[], args: readonly Expr[], span: Span): Expr {
  const callee: Expr = { kind: 'pathExpr', id: freshId(), span, path: { ...pathOf(path.map(text => ({ text, span })), span) } };
  return { kind: 'call', id: freshId(), span, callee, args };
}

/** A variable that an earlier line left: `let x = _`, with the node that bound it. */
function standing({ id, name, mutable, type }: NonNullable<Brief>[number], stood: Map<NodeId, Type>): Statement {
  const { span } = name;
  const value: Expr = { kind: 'underscore', id: freshId(), span };
  stood.set(value.id, type);
  return { kind: 'let', attributes: [], pattern: { kind: 'binding', name, byRef: false, mutable, sub: null, id, span }, type: null, value, orElse: null, id: freshId(), span };
}

/** `std::intrinsics::halt(n)` */
function halt(n: number, span: Span): Statement {
  const number: Expr = { kind: 'literal', id: freshId(), span, value: { kind: 'int', digits: BigInt(n), suffix: null } };
  return { kind: 'expr', id: freshId(), span, expr: call(['std', 'intrinsics', 'halt'], [number], span) };
}

function shownStatements(entry: SessionEntry): readonly Statement[] {
  const { statements } = entry.tree;
  const expr = lastExpression(entry.tree);
  if (expr === null || entry.shown === 'none') return statements;
  const { span } = expr;
  const before = statements.slice(0, -1);
  if (entry.shown === 'type') return [...before, { kind: 'expr', id: freshId(), span, expr: { kind: 'borrow', mutable: false, place: expr, id: freshId(), span } }];
  const text: Expr = { kind: 'literal', id: freshId(), span, value: { kind: 'string', value: `${SHOWN_FROM}${entry.shown === 'debug' ? '{:?}' : '{}'}${SHOWN_TO}` } };
  return [...before, { kind: 'expr', id: freshId(), span, expr: call(['std', 'print'], [text, expr], span) }];
}

