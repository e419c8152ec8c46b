/**
 * Catalogue records of the problems that names has to report. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const names: readonly Record[] = [];
