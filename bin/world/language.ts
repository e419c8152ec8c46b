/** The choices that hold for every command, from flags and environment. In: flags. Out: plain values. */
import type { Language } from '../../lib/index.ts';

export type ColorChoice = 'auto' | 'always' | 'never';

/** `--lang`, else the locale: Chinese for `zh…`, English otherwise. */
export function languageFor(flag: string | undefined): Language {
  const locale = flag ?? process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? '';
  return /^zh/i.test(locale) ? 'zh' : 'en';
}
