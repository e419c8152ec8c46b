/**
 * Catalogue records of the problems that ownership has to report. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const ownership: readonly Record[] = [];
