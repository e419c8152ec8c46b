/** `altru top FILE`: the visualizer, already playing. See `viz.ts`. */
import type { Shared } from '../shared.ts';
import { openVisualizer } from './viz.ts';

export const run = (args: readonly string[], shared: Shared): Promise<number> => openVisualizer(args, shared, true);
