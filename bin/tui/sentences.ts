/**
 * The picture in sentences, for screen readers and for terminals that show lines only. In: a view, and the one before it. Out: what changed, in words, most important first.
 */
import type { Picture, PictureBlock, PictureVariable } from '../../vm/index.ts';
import type { Language } from '../../lib/index.ts';
import { arrowText, ownershipWord } from './panes/stack.ts';
import { currentLine } from './panes/source.ts';
import { type View, releaseKnows, variablesOf } from './view.ts';
import { say, stopMessage } from './words.ts';

const said = (variable: PictureVariable, picture: Picture, language: Language): string => {
  const word = say(language, ownershipWord[variable.ownership]);
  const arrow = picture.arrows.find(one => one.from.kind === 'variable' && one.from.id === variable.id);
  const value = variable.ownership === 'moved' ? say(language, 'was moved away') : variable.ownership === 'uninitialised' ? say(language, 'has no value yet') : say(language, 'is {0}', variable.text);
  const leads = arrow === undefined || variable.ownership === 'moved' ? '' : say(language, ', leads to {0}', arrowText(arrow, language).replace(/^[→⇥] /, ''));
  return `${variable.name}, ${variable.type}, ${value}${word === '' || variable.ownership === 'moved' || variable.ownership === 'uninitialised' ? '' : `, ${word}`}${leads}`;
};

const sizeOf = (block: PictureBlock, language: Language): string => say(language, block.size === 1 ? '1 byte' : '{0} bytes', block.size);

/** Where the run stands, what is new since `before`. */
export function changeSentences(view: View, before: View | null): string[] {
  const { picture, language } = view;
  const word = (english: string, ...values: readonly (string | number)[]): string => say(language, english, ...values);
  const out: string[] = [];
  const line = currentLine(view);
  if (picture.stop !== null) out.push(picture.stop.at === null ? word('Stopped: {0}, {1}.', picture.stop.kind, stopMessage(view.language, view.picture)) : word('Stopped: {0}, {1}, on line {2}.', picture.stop.kind, stopMessage(view.language, view.picture), picture.stop.at.line));
  else if (picture.status === 'finished') out.push(word('The program has finished.'));
  else if (line !== null) out.push(word('Step {0}, line {1} in {2}: {3}', view.position, line, picture.frames[0]?.function ?? '?', (view.lines[line - 1] ?? '').trim()));
  const stop = view.stops.find(one => one.line === line);
  if (stop !== undefined) out.push(word('Watch: {0}.', stop.text));
  if (picture.stop?.born) out.push(picture.stop.died === null ? word('The block was born on line {0}.', picture.stop.born.at.line) : word('The block was born on line {0} and died on line {1}.', picture.stop.born.at.line, picture.stop.died.at.line));
  const old = new Map((before?.picture.blocks ?? []).map(block => [block.id, block]));
  for (const block of picture.blocks) {
    const was = old.get(block.id);
    if (was === undefined && block.standing === 'live') out.push(word('A block was born: {0}, {1}.', block.id, `${sizeOf(block, language)}${block.type === null ? '' : `, ${block.type}`}`));
    else if (was !== undefined && was.standing !== block.standing) out.push(word('{0}, {1}, is {2} now.', block.id, sizeOf(block, language), word(block.standing)));
  }
  if (before !== null) {
    const values = new Map(variablesOf(before.picture).map(variable => [variable.id, said(variable, before.picture, language)]));
    for (const variable of variablesOf(picture)) {
      const text = said(variable, picture, language);
      if (values.get(variable.id) !== text) out.push(`${text}.`);
    }
    const written = picture.output.slice(before.picture.output.length);
    if (picture.output.startsWith(before.picture.output) && written.trim() !== '') out.push(word('The program wrote: {0}', written.trim()));
  }
  return out;
}

/** All of it: calls, variables, blocks, figures. */
export function wholeSentences(view: View): string[] {
  const { picture, language } = view;
  const word = (english: string, ...values: readonly (string | number)[]): string => say(language, english, ...values);
  const s = picture.statistics;
  const out = [word('{0} bytes in {1} blocks, {2} at the peak, {3} allocations and {4} frees.', s.current, s.liveBlocks, s.peak, s.allocations, s.frees)];
  for (const frame of picture.frames) {
    out.push(word(frame.variables.length === 1 ? 'Call {0}, line {1}, 1 variable.' : 'Call {0}, line {1}, {2} variables.', frame.function, frame.at.line, frame.variables.length));
    for (const variable of frame.variables) out.push(`  ${said(variable, picture, language)}.`);
  }
  for (const block of picture.blocks) out.push(`  ${blockSentence(block, view)}`.trim());
  if (picture.profile === 'release') out.push(`${releaseKnows(view)}.`);
  const dangling = picture.arrows.filter(arrow => arrow.standing === 'dangling').length;
  if (dangling > 0) out.push(word(dangling === 1 ? '1 dangling pointer.' : '{0} dangling pointers.', dangling));
  return out;
}

export function blockSentence(block: PictureBlock, { picture, language }: View): string {
  const from = picture.arrows.filter(arrow => arrow.to.kind === 'block' && arrow.to.id === block.id).length;
  const leads = say(language, from === 0 ? 'nothing leads to it' : from === 1 ? '1 pointer leads to it' : '{0} pointers lead to it', from);
  const about = `${sizeOf(block, language)}${block.type === null ? '' : `, ${block.type}`}, ${say(language, block.standing)}, ${leads}`;
  return block.born === null ? say(language, 'Block {0}, {1}.', block.id, about) : say(language, 'Block {0}, {1}, born on line {2}.', block.id, about, block.born.at.line);
}
