/**
 * Colour by meaning. In: what a cell or word means (a role), the theme, and what the terminal can show. Out: SGR escapes. Faces name roles and never
 * colours, so that dark, light and colourless terminals, and people who see colours differently, get the same picture: every role that
 * matters also has a glyph or a word of its own. Colours are Okabe and Ito's (2008), which stay apart for all common kinds of colour blindness.
 */
export type Role =
  | 'text' | 'dim' | 'strong' | 'title' | 'focus' | 'chosen' | 'key' | 'good' | 'bad' | 'warn'
  | 'owner' | 'shared' | 'exclusive' | 'moved' | 'unset'
  | 'live' | 'live2' | 'raw' | 'header' | 'padding' | 'redzone' | 'freed' | 'quarantine' | 'free' | 'leaked' | 'outside' | 'region' | 'touched';

/** A piece of text and what it means. */
export type Span = readonly [text: string, role?: Role];
export type Row = readonly Span[];

export type Depth = 'none' | 'ansi16' | 'ansi256' | 'truecolor';
export type Theme = 'dark' | 'light';

type Look = { readonly dark: string; readonly light: string; readonly ansi: number | null; readonly bold?: true; readonly inverse?: true; readonly underline?: true; readonly strike?: true };

const look = (dark: string, light: string, ansi: number | null, more: Partial<Pick<Look, 'bold' | 'inverse' | 'underline' | 'strike'>> = {}): Look => ({ dark, light, ansi, ...more });

const looks: Readonly<Record<Role, Look>> = {
  text: look('', '', null),
  dim: look('8a8a8a', '6c6c6c', 8),
  strong: look('', '', null, { bold: true }),
  title: look('56b4e9', '0072b2', 6),
  focus: look('f0e442', '8a5a00', 3, { bold: true }),
  chosen: look('', '', null, { inverse: true }),
  key: look('e69f00', '9a5f00', 3, { bold: true }),
  good: look('009e73', '00704f', 2),
  bad: look('ff7a33', 'b34700', 1, { bold: true }),
  warn: look('f0e442', '8a6d00', 3),
  owner: look('009e73', '00704f', 2, { bold: true }),
  shared: look('56b4e9', '0072b2', 6),
  exclusive: look('e69f00', '9a5f00', 3),
  moved: look('8a8a8a', '6c6c6c', 8, { strike: true }),
  unset: look('8a8a8a', '6c6c6c', 8),
  live: look('009e73', '00704f', 2),
  live2: look('56b4e9', '0072b2', 6),
  raw: look('f0e442', '8a6d00', 3),
  header: look('cc79a7', '9c3f73', 5),
  padding: look('707070', '909090', 8),
  redzone: look('d55e00', 'a84800', 1),
  freed: look('707070', '808080', 8),
  quarantine: look('9a7fb0', '6b4a86', 5),
  free: look('505050', 'a8a8a8', 8),
  leaked: look('ff7a33', 'b34700', 1, { bold: true }),
  outside: look('303030', 'd0d0d0', 8),
  region: look('e69f00', '9a5f00', 3),
  touched: look('ffffff', '000000', 7, { bold: true, inverse: true }),
};

/** What the terminal can show, from its environment: none, 16, 256 or all colours. */
export function depthOf(env: Readonly<Record<string, string | undefined>>, choice: 'auto' | 'always' | 'never'): Depth {
  if (choice === 'never' || (choice === 'auto' && (env['NO_COLOR'] ?? '') !== '')) return 'none';
  const term = env['TERM'] ?? '';
  if (/^(truecolor|24bit)$/.test(env['COLORTERM'] ?? '')) return 'truecolor';
  if (/256/.test(term)) return 'ansi256';
  return term === '' || term === 'dumb' ? (choice === 'always' ? 'ansi16' : 'none') : 'ansi16';
}

/** A light background, where the terminal tells (`COLORFGBG`), else dark. */
export function themeOf(env: Readonly<Record<string, string | undefined>>): Theme {
  const background = /;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1];
  return background !== undefined && (Number(background) === 7 || Number(background) >= 9) ? 'light' : 'dark';
}

/** The nearest colour of the 6×6×6 cube of 256-colour terminals. */
function cube(hex: string): number {
  const part = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16);
    return value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  };
  return 16 + 36 * part(0) + 6 * part(2) + part(4);
}

function sgr(role: Role, theme: Theme, depth: Depth): string {
  const { dark, light, ansi, bold, inverse, underline, strike } = looks[role];
  const codes: string[] = [];
  if (bold) codes.push('1');
  if (inverse) codes.push('7');
  if (underline) codes.push('4');
  if (strike) codes.push('9');
  const hex = theme === 'dark' ? dark : light;
  if (depth === 'ansi16' && ansi !== null) codes.push(String(ansi < 8 ? 30 + ansi : 82 + ansi));
  if (depth === 'ansi256' && hex !== '') codes.push(`38;5;${cube(hex)}`);
  if (depth === 'truecolor' && hex !== '') codes.push(`38;2;${Number.parseInt(hex.slice(0, 2), 16)};${Number.parseInt(hex.slice(2, 4), 16)};${Number.parseInt(hex.slice(4, 6), 16)}`);
  return codes.length === 0 ? '' : `\x1b[${codes.join(';')}m`;
}

/** A pen: rows of spans to text with escapes. Made once for a theme and a depth. */
export interface Pen {
  readonly theme: Theme;
  readonly depth: Depth;
  /** The escape that turns a role on; empty for plain text. */
  on(role: Role): string;
  row(row: Row): string;
}

export const RESET = '\x1b[0m';

export function penFor(theme: Theme, depth: Depth): Pen {
  const table = new Map<Role, string>((Object.keys(looks) as Role[]).map(role => [role, sgr(role, theme, depth)]));
  const on = (role: Role): string => table.get(role) ?? '';
  return {
    theme,
    depth,
    on,
    row: row => row.map(([text, role]) => {
      const escape = role === undefined ? '' : on(role);
      return escape === '' ? text : `${escape}${text}${RESET}`;
    }).join(''),
  };
}
