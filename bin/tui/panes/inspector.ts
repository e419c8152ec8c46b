/** One block or variable from close by: where it came from and went, what surrounds it, its fields, its bytes, and what wrote the byte under the cursor. */
import type { PictureBlock, PictureField, PictureVariable } from '../../../vm/index.ts';
import type { Row, Span } from '../style.ts';
import { type PaneRows, type View, chosenBlock, releaseKnows, variablesOf } from '../view.ts';
import { wrap } from '../width.ts';
import { say } from '../words.ts';
import { byteRole, byteSign } from './map.ts';
import { standingRole } from './blocks.ts';
import { arrowText, ownershipRole, ownershipSign, ownershipWord } from './stack.ts';

/** Bytes in a row of the dump. */
export const dumpWidth = (width: number): number => (width >= 78 ? 16 : 8);

export function inspectorPane(view: View, width: number, height: number): PaneRows {
  const { chosen, language } = view;
  const word = (english: string): string => say(language, english);
  const variable = chosen?.kind === 'variable' ? variablesOf(view.picture).find(one => one.id === chosen.id) : undefined;
  const block = chosenBlock(view);
  // Chosen, but not there at this moment: before its birth, or after its bytes were taken again.
  const absent = chosen?.kind === 'block' && block === null ? chosen.id : null;
  const rows: Row[] = absent !== null ? [[[absent, 'strong'], [word(' does not exist at this moment')]], [['b', 'key'], [word(' to its birth, '), 'dim'], ['d', 'key'], [word(' to its death'), 'dim']]] : [...(variable === undefined ? [] : variableRows(view, variable)), ...(block === null ? [] : blockRows(view, block, width))];
  if (rows.length === 0) rows.push([[word('choose a variable or a block with '), 'dim'], ['↑ ↓', 'key'], [word(' in its pane'), 'dim']]);
  const from = Math.min(view.scroll.inspector ?? 0, Math.max(0, rows.length - height));
  const name = block?.id ?? variable?.name;
  if (view.picture.profile === 'release') rows.push(...wrap(releaseKnows(view), Math.max(8, width)).map((line): Row => [[line, 'warn']]));
  return { title: [[` ${word('inspector')} `, 'title'], ...(name === undefined ? [] : [[`${name} `, 'strong'] as const])], rows: rows.slice(from, from + height) };
}

function variableRows(view: View, variable: PictureVariable): Row[] {
  const role = ownershipRole[variable.ownership];
  const { language } = view;
  const where = variable.place.kind === 'memory' ? say(language, 'at {0}', `0x${variable.place.address.toString(16)}`) : say(language, variable.place.kind === 'registers' ? 'in registers' : 'nowhere');
  return [
    [[`${ownershipSign[variable.ownership]} `, role], [variable.name, 'strong'], [`: ${variable.type}`], [`  ${say(language, ownershipWord[variable.ownership])}`, role]],
    [[`  ${say(language, variable.size === 1 ? '1 byte' : '{0} bytes', variable.size)} ${where}`, 'dim']],
    ...(variable.fields.length > 0 ? fieldRows(variable.fields, 1) : [[[`  ${variable.text}`]] as Row]),
    ...view.picture.arrows.filter(arrow => arrow.from.kind === 'variable' && arrow.from.id === variable.id).map((arrow): Row => [[`  ${arrow.name} ${arrowText(arrow, language)}`, arrow.standing === 'dangling' ? 'bad' : 'shared']]),
  ];
}

function fieldRows(fields: readonly PictureField[], depth: number): Row[] {
  return fields.flatMap((field): Row[] => [
    [[`${'  '.repeat(depth)}${String(field.at).padStart(3)} `, 'dim'], [field.name, 'strong'], [`: ${field.type}`, 'dim'], [field.fields.length > 0 ? '' : ` = ${field.text}`]],
    ...(depth < 4 ? fieldRows(field.fields, depth + 1) : []),
  ]);
}

function blockRows(view: View, block: PictureBlock, width: number): Row[] {
  const { language } = view;
  const word = (english: string): string => say(language, english);
  const event = (label: string, at: PictureBlock['born'], key: string): Row[] => (at === null ? [] : [[[word(label), 'dim'], [say(language, 'line {0}', at.at.line), 'strong'], [` ${word('in')} ${at.stack.filter(place => !place.std && place.line > 0).map(place => place.function).slice(0, 4).join(' ← ')}`, 'dim'], [`  ${key}`, 'key']]]);
  const into = view.picture.arrows.filter(arrow => arrow.to.kind === 'block' && arrow.to.id === block.id);
  const rows: Row[] = [
    [[block.id, 'strong'], [` ${say(language, block.size === 1 ? '1 byte' : '{0} bytes', block.size)}`], [` ${say(language, 'at {0}', `0x${block.address.toString(16)}`)}`, 'dim'], [` ${word(block.standing)}`, standingRole[block.standing]], [` ${block.family}`, 'dim'], [block.type === null ? '' : ` ${block.type}`]],
    ...event('born ', block.born, 'b'),
    ...event('died ', block.died, 'd'),
    ...(block.inside === null ? [] : [[[word('inside '), 'dim'], [block.inside]] as Row]),
  ];
  if (into.length > 0) rows.push([[word('from '), 'dim'], [into.slice(0, 4).map(arrow => `${arrow.from.kind === 'variable' ? arrow.from.id.replace(/^\d+\//, '') : arrow.from.kind === 'block' ? arrow.from.id : '?'}${arrow.name === '' ? '' : `.${arrow.name}`}`).join(', ') + (into.length > 4 ? ', …' : '')]]);
  if (block.layout.length > 0) rows.push(layoutRow(block, width));
  rows.push(...fieldRows(block.fields, 0));
  if (block.text !== null) rows.push([[word('text '), 'dim'], [JSON.stringify(block.text), 'good']]);
  rows.push(...dump(view, block, width));
  const { writer } = view;
  rows.push([[say(language, 'byte {0}: ', view.byte), 'dim'], view.playing !== 0 ? [word('pause to see what wrote it'), 'dim'] : writer === null ? [word('nobody wrote it yet'), 'dim'] : [say(language, 'written on line {0} in {1}, step {2}', writer.line, writer.function, writer.position)], ['  T', 'key']]);
  return rows;
}

/** The block's surroundings to scale: header, payload, padding, red zones. */
function layoutRow(block: PictureBlock, width: number): Row {
  const first = block.layout[0];
  const last = block.layout.at(-1);
  if (first === undefined || last === undefined) return [];
  const whole = Math.max(1, last.to - first.from);
  const room = Math.max(8, width - 14);
  const spans: Span[] = [['├', 'dim']];
  for (const range of block.layout) spans.push([byteSign[range.class].repeat(Math.max(1, Math.round(((range.to - range.from) / whole) * room))), byteRole[range.class]]);
  spans.push(['┤', 'dim'], [` ${whole} B`, 'dim']);
  return spans;
}

function dump(view: View, block: PictureBlock, width: number): Row[] {
  const digits = block.bytes.replace(/\s/g, '').match(/../g) ?? [];
  const across = dumpWidth(width);
  const rows: Row[] = [];
  for (let at = 0; at < digits.length; at += across) {
    const part = digits.slice(at, at + across);
    const spans: Span[] = [[`${at.toString(16).padStart(4)}  `, 'dim']];
    part.forEach((pair, i) => spans.push([pair, at + i === view.byte ? 'chosen' : pair === '..' ? 'unset' : 'text'], [i === 7 ? '  ' : ' ']));
    const lines = [...new Set(view.writers.slice(at, at + part.length).map(one => one?.line ?? null))].filter(line => line !== null);
    spans.push([' '.repeat((across - part.length) * 3 + (part.length <= 7 && across === 16 ? 1 : 0) + 1)], [part.map(pair => (pair === '..' ? '·' : printable(Number.parseInt(pair, 16)))).join(''), 'dim'], [lines.length === 0 ? '' : `  ${say(view.language, lines.length === 1 ? 'line {0}' : 'lines {0}', lines.join(' '))}`, 'dim']);
    rows.push(spans);
  }
  if (digits.length < block.size) rows.push([[`      … ${say(view.language, '{0} more bytes', block.size - digits.length)}`, 'dim']]);
  return rows;
}

const printable = (byte: number): string => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·');
