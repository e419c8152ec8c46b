/**
 * A picture as one HTML page: the drawing, the source with the line it stands on, and the picture's own value for whoever wants to look closer. In: a
 * picture, its source lines. Out: a page that needs nothing else, light or dark as the reader prefers; no script runs in it.
 */
import { drawSvg, escapeText } from './draw-svg.ts';
import { headLines } from './draw-text.ts';
import type { Picture } from './picture.ts';

/** Lines of source before and after the one that counts. */
const AROUND = 12;

export function drawHtml(picture: Picture, source: readonly string[] = []): string {
  const line = picture.at?.line ?? 0;
  const from = Math.max(0, line - 1 - AROUND);
  const shown = line === 0 ? [] : source.slice(from, line + AROUND);
  const code = shown.map((text, i) => {
    const number = from + i + 1;
    const row = `${String(number).padStart(4)}  ${escapeText(text)}`;
    return number === line ? `<mark>${row}</mark>` : row;
  });
  const rows = [...picture.blocks].map(b => `<tr class="${b.standing}"><td>${escapeText(b.id)}</td><td>0x${(b.address >>> 0).toString(16)}</td><td>${b.size}</td><td>${escapeText(b.type ?? '')}</td><td>${b.standing}</td><td>${b.born === null ? '' : b.born.at.line}</td><td>${b.died === null ? '' : b.died.at.line}</td><td><code>${escapeText(b.bytes.replace(/(..)/g, '$1 ').trim())}</code></td></tr>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeText(headLines(picture)[0] ?? 'picture')}</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;background:#fff;color:#1b1b1f}
svg{max-width:100%;height:auto}
pre,code{font:13px/1.5 ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}
pre{overflow-x:auto;padding:.8rem 1rem;border:1px solid #a1a1aa55;border-radius:6px}
mark{background:#F0E44266;color:inherit;display:inline-block;min-width:100%}
table{border-collapse:collapse}td,th{padding:.15rem .7rem;text-align:left;border-bottom:1px solid #a1a1aa55}
tr.quarantined td,tr.freed td,tr.reset td,tr.released td,tr.dropped td{color:#71717a}
@media (prefers-color-scheme:dark){body{background:#17171a;color:#ececf1}}
</style>
</head>
<body>
${drawSvg(picture)}
${code.length === 0 ? '' : `<pre>${code.join('\n')}</pre>`}
${rows.length === 0 ? '' : `<table><thead><tr><th>block</th><th>address</th><th>bytes</th><th>type</th><th>state</th><th>born at line</th><th>died at line</th><th>content</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`}
</body>
</html>
`;
}
