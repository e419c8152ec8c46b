/**
 * Catalogue records of the problems that machine has to report. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';

export const machine: readonly Record[] = [];
