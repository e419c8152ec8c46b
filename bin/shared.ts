/**
 * What every command gets besides its arguments: the options that all commands share, already understood.
 */
import type { Language } from '../lib/index.ts';
import type { ColorChoice } from './world/language.ts';

export interface Shared {
  readonly language: Language;
  readonly color: ColorChoice;
  /** `--messages short`: one line a problem. */
  readonly messages: 'full' | 'short';
}
