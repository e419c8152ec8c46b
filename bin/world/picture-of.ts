/**
 * A picture of a moment of a program, for the commands that draw without a terminal. In: code, and which moment: `12` (the first time execution
 * stands on line 12), `12x3` (the third time), `step:40`, `fault`, `end`; a condition for a line. Out: the picture, or a sentence that says why
 * there is none. The run has no clock, no environment and only the input it is given, so a drawing is the same every time.
 */
import { type BlockContent, type BreakFor, type Machine, type Picture, type Program, type Timeline, type TimelineOptions, learnContents, openTimeline, takePicture } from '../../vm/index.ts';

export interface PictureRequest {
  readonly at: string;
  readonly when?: string;
  readonly library?: boolean;
  readonly ghosts?: boolean;
  /** Most blocks. */
  readonly most?: number;
  readonly args?: readonly string[];
  readonly input?: Uint8Array;
  readonly machine?: TimelineOptions['machine'];
}

export type Pictured = { readonly picture: Picture } | { readonly wrong: string };

/** Branches and calls that a run may take before its end is given up: some seconds. */
const PATIENCE = 100_000_000;
/** Moments at which blocks are looked at, so that their types are known when nothing leads to them any more. */
const LOOKS = 48;

export function pictureOf(program: Program, request: PictureRequest): Pictured {
  const timeline = openTimeline(program, {
    ...(request.args === undefined ? {} : { args: request.args }),
    ...(request.input === undefined ? {} : { input: request.input }),
    ...(request.machine === undefined ? {} : { machine: request.machine }),
    ...(request.library === true ? { library: true } : {}),
  });
  const wrong = goTo(timeline, request);
  if (wrong !== null) return { wrong };
  const here = timeline.position;
  const known = new Map<string, BlockContent>();
  const learn = (machine: Machine): void => {
    for (const [id, content] of learnContents(machine)) known.set(id, content);
  };
  const step = Math.max(1, Math.floor(here / LOOKS));
  for (let position = 0; position < here; position += step) {
    timeline.seek(position);
    learn(timeline.machine);
  }
  if (here > 0) {
    timeline.seek(here - 1);
    learn(timeline.machine);
  }
  timeline.seek(here);
  return { picture: takePicture(timeline.machine, { step: timeline.position, output: timeline.output, known, ...(request.most === undefined ? {} : { mostBlocks: request.most }), ...(request.library === true ? { library: true } : {}), ...(request.ghosts === false ? { ghosts: false } : {}) }) };
}

function goTo(timeline: Timeline, { at, when }: PictureRequest): string | null {
  const line = /^(\d+)(?:x(\d+))?$/.exec(at);
  if (line !== null) return goToLine(timeline, Number(line[1]), Number(line[2] ?? 1), when);
  if (when !== undefined) return `'--when' belongs to a line: '--at 12 --when "count > 3"'`;
  const step = /^step:(\d+)$/.exec(at);
  if (step !== null) {
    const stand = timeline.seek(Number(step[1]), { patience: PATIENCE });
    return stand.position === Number(step[1]) ? null : `the run has ${stand.position} steps only`;
  }
  if (at !== 'end' && at !== 'fault') return `'--at' takes a line (12, or 12x3 for the third time), step:40, fault or end, not '${at}'`;
  const stand = timeline.seek(Number.MAX_SAFE_INTEGER, { patience: PATIENCE });
  if (stand.arrival !== 'end') return 'the program does not come to an end in reasonable time: give a line or a step';
  if (at === 'fault' && timeline.fault === null) return 'the program ends without a fault';
  return null;
}

function goToLine(timeline: Timeline, line: number, time: number, when: string | undefined): string | null {
  const point: BreakFor = { line, ...(when === undefined ? {} : { condition: when }) };
  const made = timeline.breakAt(point);
  if ('wrong' in made) return made.wrong;
  timeline.forget(made.number);
  let passed = 0;
  // The very first statement may be the one.
  if (when === undefined && timeline.machine.status === 'halted' && standsOn(timeline) === line) passed++;
  if (passed === time) return null;
  timeline.breakAt({ ...point, skip: time - passed - 1 });
  const stand = timeline.resume({ patience: PATIENCE });
  for (const { number } of timeline.points) timeline.forget(number);
  if (stand.arrival === 'breakpoint') return null;
  return `execution ${time === 1 ? 'never stands' : `does not stand ${time} times`} on line ${line}${when === undefined ? '' : ` with ${when}`}`;
}

const standsOn = (timeline: Timeline): number => takePicture(timeline.machine, { stretches: false, mostBlocks: 1 }).at?.line ?? 0;
