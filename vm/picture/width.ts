/** How many columns a text takes where wide characters (Chinese, Japanese, Korean, most emoji) take two, and marks that join take none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += columnsOfCode(char.codePointAt(0) ?? 0);
  return columns;
}

function columnsOfCode(code: number): number {
  if (code < 32 || (code >= 0x7f && code < 0xa0)) return 0;
  if ((code >= 0x300 && code <= 0x36f) || (code >= 0x200b && code <= 0x200f) || (code >= 0xfe00 && code <= 0xfe0f)) return 0;
  const wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Cut or padded to so many columns. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text + ' '.repeat(columns - columnsOf(text));
  let kept = '';
  let used = 0;
  for (const char of text) {
    const more = columnsOfCode(char.codePointAt(0) ?? 0);
    if (used + more > columns - 1) break;
    kept += char;
    used += more;
  }
  return `${kept}…${' '.repeat(Math.max(0, columns - 1 - used))}`;
}
