/**
 * Checks on finished definitions that need no trait solving: an impl against its trait, unused and unconstrained parameters, coherence of
 * names. In: entries and their definitions. Out: problems.
 */
import type { Build } from './build.ts';
import type { Shells } from './shells.ts';

export function checkItems(_build: Build, _shells: Shells): void {}
