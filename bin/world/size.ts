/** Sizes and counts as people write them: `1000`, `64MiB`, `4k`. In: text. Out: a number, or null when it is none. */
const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, kb: 1000, kib: 1024, m: 1 << 20, mb: 1_000_000, mib: 1 << 20, g: 1 << 30, gb: 1_000_000_000, gib: 1 << 30 };

export function parseSize(text: string): number | null {
  const match = /^(\d[\d_]*)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? '?').toLowerCase()];
  if (match === null || unit === undefined) return null;
  const value = Number((match[1] ?? '').replaceAll('_', '')) * unit;
  return Number.isSafeInteger(value) ? value : null;
}
