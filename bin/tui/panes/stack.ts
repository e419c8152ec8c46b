/** The open calls and their variables: a sign for the ownership, name, type, value, and the block that it leads to. */
import type { Ownership, PictureArrow } from '../../../vm/index.ts';
import type { Role, Row, Span } from '../style.ts';
import type { Language } from '../../../lib/index.ts';
import { say } from '../words.ts';
import { type PaneRows, type View, variablesOf, windowFrom } from '../view.ts';

export const ownershipRole: Readonly<Record<Ownership, Role>> = { owner: 'owner', plain: 'text', shared: 'shared', exclusive: 'exclusive', raw: 'raw', moved: 'moved', uninitialised: 'unset' };
/** Signs that carry the meaning without colour. */
export const ownershipSign: Readonly<Record<Ownership, string>> = { owner: '■', plain: '·', shared: '&', exclusive: '%', raw: '*', moved: '×', uninitialised: '?' };
export const ownershipWord: Readonly<Record<Ownership, string>> = { owner: 'owns', plain: '', shared: 'shared', exclusive: 'exclusive', raw: 'raw', moved: 'moved away', uninitialised: 'no value yet' };

export function arrowText(arrow: PictureArrow, language: Language): string {
  switch (arrow.to.kind) {
    case 'null': return '→ null';
    case 'elsewhere': return `→ 0x${arrow.to.address.toString(16)}`;
    case 'variable': return `→ ${arrow.to.id.replace(/^\d+\//, '')}`;
    case 'block': return `${arrow.standing === 'dangling' ? '⇥' : '→'} ${arrow.to.id}${arrow.to.offset === 0 ? '' : `+${arrow.to.offset}`}${arrow.standing === 'dangling' ? ` ${say(language, 'dangling')}` : ''}`;
  }
}

/** All rows, and the variable that each shows; null for the headings. */
export function stackEntries(view: View): { readonly rows: readonly Row[]; readonly ids: readonly (string | null)[]; readonly chosen: number | null } {
  const rows: Row[] = [];
  const ids: (string | null)[] = [];
  let at: number | null = null;
  const { picture, chosen, language } = view;
  const entry = (variable: (typeof picture.statics)[number]): void => {
    const picked = chosen?.kind === 'variable' && chosen.id === variable.id;
    if (picked) at = rows.length;
    ids[rows.length] = variable.id;
    const role = ownershipRole[variable.ownership];
    const arrows = picture.arrows.filter(arrow => arrow.from.kind === 'variable' && arrow.from.id === variable.id);
    const shown = arrows.slice(0, 2).map((arrow): Span => [` ${arrowText(arrow, language)}`, arrow.standing === 'dangling' ? 'bad' : 'dim']);
    const word = say(language, ownershipWord[variable.ownership]);
    // Where a pointer leads says more than its address.
    const address = arrows.length === 1 && /^0x[0-9a-f]+$|^null$/.test(variable.text);
    const value = variable.ownership === 'moved' || variable.ownership === 'uninitialised' || address ? '' : ` = ${variable.text}`;
    rows.push([[picked ? '›' : ' ', 'focus'], [`${ownershipSign[variable.ownership]} `, role], [variable.name, picked ? 'chosen' : role], [`: ${variable.type}`, 'dim'], [value], ...(word === '' ? [] : [[` ${word}`, role] as const]), ...shown]);
  };
  for (const frame of picture.frames) {
    rows.push([[frame.depth === picture.frames[0]?.depth ? '▾ ' : '▹ ', 'title'], [frame.function, 'strong'], [`  ${say(language, 'line {0}', frame.at.line)}`, 'dim']]);
    frame.variables.forEach(entry);
  }
  if (picture.statics.length > 0) {
    rows.push([[`▹ ${say(language, 'statics')}`, 'title']]);
    picture.statics.forEach(entry);
  }
  if (rows.length === 0) rows.push([[say(language, picture.status === 'running' ? 'before main' : 'no call is open'), 'dim']]);
  return { rows, ids: rows.map((_, i) => ids[i] ?? null), chosen: at };
}

/** The first row in sight. */
export const stackTop = (view: View, entries: ReturnType<typeof stackEntries>, height: number): number => windowFrom(view.scroll.stack ?? 0, entries.chosen, entries.rows.length, height);

export function stackPane(view: View, _width: number, height: number): PaneRows {
  const entries = stackEntries(view);
  const { rows } = entries;
  const { picture, language } = view;
  const from = stackTop(view, entries, height);
  return { title: [[` ${say(language, 'stack')} `, 'title'], [`${say(language, picture.frames.length === 1 ? '1 call, {1} variables' : '{0} calls, {1} variables', picture.frames.length, variablesOf(picture).length)} `, 'dim']], rows: rows.slice(from, from + height) };
}
