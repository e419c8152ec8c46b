/**
 * Catalogue records of the problems that types has to report, from its files. See ../record.ts for what a record holds.
 */
import type { Record } from '../record.ts';
import { bounds } from './bounds.ts';
import { conversions } from './conversions.ts';
import { members } from './members.ts';

export const types: readonly Record[] = [...bounds, ...members, ...conversions];
