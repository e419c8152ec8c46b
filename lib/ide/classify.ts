/**
 * What each stretch of a text is, for colours: words only, no tree. In: text, whole or not. Out: stretches in order that do not overlap; what is left
 * out is plain. Never fails; linear.
 */
import { keywords, lexFile } from '../syntax/words.ts';
import type { FileId } from '../text/span.ts';

export interface TextStretch {
  readonly from: number;
  readonly to: number;
  readonly kind: 'keyword' | 'string' | 'number' | 'comment' | 'type' | 'function' | 'mark' | 'plain';
}

export function classify(text: string): TextStretch[] {
  const { tokens, comments } = lexFile(0 as FileId, text, []);
  const out: TextStretch[] = comments.map(c => ({ from: c.start, to: c.end, kind: 'comment' as const }));
  tokens.forEach((token, i) => {
    const { start: from, end: to } = token;
    if (to <= from) return;
    const source = text.slice(from, to);
    if (token.literal !== null) {
      const { kind } = token.literal;
      out.push({ from, to, kind: source.startsWith('##') ? 'comment' : kind === 'int' || kind === 'float' ? 'number' : kind === 'bool' || kind === 'null' ? 'keyword' : 'string' });
    } else if (token.type === 'doc') out.push({ from, to, kind: 'comment' });
    else if (token.type === 'int') out.push({ from, to, kind: 'number' });
    else if (keywords.has(source) && token.type !== 'ident') out.push({ from, to, kind: 'keyword' });
    else if (token.type === 'ident') {
      const next = tokens[i + 1];
      if (/^\p{Lu}/u.test(source) || PRIMITIVE.test(source)) out.push({ from, to, kind: 'type' });
      else if (next !== undefined && next.start === to && text[next.start] === '(') out.push({ from, to, kind: 'function' });
    }
  });
  return out.sort((a, b) => a.from - b.from);
}

const PRIMITIVE = /^([iu](8|16|32|64|size)|f32|f64|bool|char|str)$/;
