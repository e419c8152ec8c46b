/**
 * The tree as indented text, for `altru show tree` and for specs. In: a node. Out: one line a node: the field it stands in, its kind, its plain
 * fields. Absent fields (null, empty lists, false) are left out, spans and ids unless asked for. Linear.
 */
import type { Span } from '../text/span.ts';
import type { File, Statement, Expr, Item, TypeNode, Pattern } from './tree.ts';

const hidden = new Set(['id', 'span', 'kind', 'head', 'opSpan', 'bracket']);

export interface ShowOptions {
  /** Adds `#id`. */
  readonly ids?: boolean;
  /** Adds what this gives for a node's span (`3:5`). */
  readonly place?: (span: Span) => string;
}

export function showTree(node: File | Item | Statement | Expr | TypeNode | Pattern, options: ShowOptions = {}): string {
  const lines: string[] = [];
  show(node, '', 0, lines, options);
  return `${lines.join('\n')}\n`;
}

type Plain = { readonly [field: string]: unknown };

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names and lifetimes are their text. */
function isName(value: Plain): boolean {
  return typeof value['text'] === 'string' && isPlain(value['span']) && value['kind'] === undefined;
}

function show(value: unknown, field: string, depth: number, lines: string[], options: ShowOptions): void {
  const prefix = '  '.repeat(depth) + (field === '' ? '' : `${field}: `);
  if (Array.isArray(value)) {
    for (const element of value as readonly unknown[]) show(element, field, depth, lines, options);
    return;
  }
  if (!isPlain(value)) {
    lines.push(prefix + scalar(value));
    return;
  }
  if (isName(value)) {
    lines.push(prefix + String(value['text']));
    return;
  }
  const kind = typeof value['kind'] === 'string' ? value['kind'] : '';
  const words: string[] = kind === '' ? [] : [kind];
  const children: [string, unknown][] = [];
  for (const [name, inner] of Object.entries(value)) {
    if (hidden.has(name) || inner === null || inner === false || (Array.isArray(inner) && inner.length === 0)) continue;
    if (isPlain(inner) && isName(inner)) words.push(`${name}=${String(inner['text'])}`);
    else if (isPlain(inner) && (name === 'visibility' && inner['kind'] !== 'in')) {
      if (inner['kind'] !== 'private') words.push(String(inner['kind']));
    } else if (isPlain(inner) && inner['kind'] === 'path' && (inner['segments'] as readonly Plain[]).every(segment => segment['args'] === null) && inner['qualified'] === null) {
      words.push(`${name}=${(inner['segments'] as readonly { name: { text: string } }[]).map(segment => segment.name.text).join('::')}`);
    } else if (isPlain(inner) && name === 'value' && kind === 'literal') words.push(`${String(inner['kind'])} ${scalar(inner['digits'] ?? inner['text'] ?? inner['value'] ?? '')}${inner['suffix'] == null ? '' : String(inner['suffix'])}`);
    else if (typeof inner === 'object') children.push([name, inner]);
    else words.push(inner === true ? name : `${name}=${scalar(inner)}`);
  }
  const id = options.ids === true && typeof value['id'] === 'number' ? ` #${value['id']}` : '';
  const place = options.place !== undefined && isPlain(value['span']) && kind !== '' ? ` @${options.place(value['span'] as unknown as Span)}` : '';
  if (words.length > 0 || field !== '') lines.push((prefix + words.join(' ')).trimEnd() + id + place);
  for (const [name, inner] of children) show(inner, name, depth + 1, lines, options);
}

function scalar(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
