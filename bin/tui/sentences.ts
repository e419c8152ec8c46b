/**
 * The picture in sentences, for screen readers and for terminals that show lines only. In: a view, and the one before it. Out: what changed, in words, most important first.
 */
import type { Picture, PictureBlock, PictureVariable } from '../../vm/index.ts';
import { arrowText, ownershipWord } from './panes/stack.ts';
import { currentLine } from './panes/source.ts';
import { type View, releaseKnows, variablesOf } from './view.ts';

const said = (variable: PictureVariable, picture: Picture): string => {
  const word = ownershipWord[variable.ownership];
  const arrow = picture.arrows.find(one => one.from.kind === 'variable' && one.from.id === variable.id);
  const value = variable.ownership === 'moved' ? 'was moved away' : variable.ownership === 'uninitialised' ? 'has no value yet' : `is ${variable.text}`;
  const leads = arrow === undefined || variable.ownership === 'moved' ? '' : `, leads ${arrowText(arrow).replace(/^[→⇥] /, 'to ')}`;
  return `${variable.name}, ${variable.type}, ${value}${word === '' || variable.ownership === 'moved' || variable.ownership === 'uninitialised' ? '' : `, ${word}`}${leads}`;
};

const sizeOf = (block: PictureBlock): string => `${block.size} byte${block.size === 1 ? '' : 's'}`;

/** Where the run stands, what is new since `before`. */
export function changeSentences(view: View, before: View | null): string[] {
  const { picture } = view;
  const out: string[] = [];
  const line = currentLine(view);
  if (picture.stop !== null) out.push(`Stopped: ${picture.stop.kind}, ${picture.stop.message}${picture.stop.at === null ? '' : `, on line ${picture.stop.at.line}`}.`);
  else if (picture.status === 'finished') out.push('The program has finished.');
  else if (line !== null) out.push(`Step ${view.position}, line ${line} in ${picture.frames[0]?.function ?? '?'}: ${(view.lines[line - 1] ?? '').trim()}`);
  const stop = view.stops.find(one => one.line === line);
  if (stop !== undefined) out.push(`Watch: ${stop.text}.`);
  if (picture.stop?.born) out.push(`The block was born on line ${picture.stop.born.at.line}${picture.stop.died === null ? '' : ` and died on line ${picture.stop.died.at.line}`}.`);
  const old = new Map((before?.picture.blocks ?? []).map(block => [block.id, block]));
  for (const block of picture.blocks) {
    const was = old.get(block.id);
    if (was === undefined && block.standing === 'live') out.push(`A block was born: ${block.id}, ${sizeOf(block)}${block.type === null ? '' : `, ${block.type}`}.`);
    else if (was !== undefined && was.standing !== block.standing) out.push(`${block.id}, ${sizeOf(block)}, is ${block.standing} now.`);
  }
  if (before !== null) {
    const values = new Map(variablesOf(before.picture).map(variable => [variable.id, said(variable, before.picture)]));
    for (const variable of variablesOf(picture)) {
      const text = said(variable, picture);
      if (values.get(variable.id) !== text) out.push(`${text}.`);
    }
    const written = picture.output.slice(before.picture.output.length);
    if (picture.output.startsWith(before.picture.output) && written.trim() !== '') out.push(`The program wrote: ${written.trim()}`);
  }
  return out;
}

/** All of it: calls, variables, blocks, figures. */
export function wholeSentences(view: View): string[] {
  const { picture } = view;
  const s = picture.statistics;
  const out = [`${s.current} bytes in ${s.liveBlocks} blocks, ${s.peak} at the peak, ${s.allocations} allocations and ${s.frees} frees.`];
  for (const frame of picture.frames) {
    out.push(`Call ${frame.function}, line ${frame.at.line}, ${frame.variables.length} variable${frame.variables.length === 1 ? '' : 's'}.`);
    for (const variable of frame.variables) out.push(`  ${said(variable, picture)}.`);
  }
  for (const block of picture.blocks) out.push(`  ${blockSentence(block, view)}`.trim());
  if (picture.profile === 'release') out.push(`This is ${releaseKnows}.`);
  const dangling = picture.arrows.filter(arrow => arrow.standing === 'dangling').length;
  if (dangling > 0) out.push(`${dangling} dangling pointer${dangling === 1 ? '' : 's'}.`);
  return out;
}

export function blockSentence(block: PictureBlock, { picture }: View): string {
  const from = picture.arrows.filter(arrow => arrow.to.kind === 'block' && arrow.to.id === block.id).length;
  return `Block ${block.id}, ${sizeOf(block)}${block.type === null ? '' : `, ${block.type}`}, ${block.standing}, ${from === 0 ? 'nothing leads to it' : `${from} pointer${from === 1 ? '' : 's'} lead${from === 1 ? 's' : ''} to it`}${block.born === null ? '' : `, born on line ${block.born.at.line}`}.`;
}
