/** A catalogue record of the machine's: what stops a program, in two languages, with a program that does and one that does not. */
import type { Record, Shown } from '../record.ts';

export const report = (code: string, slug: string, en: string, zh: string, whyEn: string, whyZh: string, wrong: string, right: string, shown?: Shown): Record => ({
  code, slug, severity: 'report', message: { en, zh }, why: { en: whyEn, zh: whyZh }, wrong, right, ...(shown === undefined ? {} : { shown }),
});
