/**
 * A session of the visualizer: a run in time and the view of it. In: a program, wishes (`go`, `play`, choices). Out: `view`, a new value after each change.
 * Long ways (to the end of the run, back a million steps) are done in slices by `work`, so that keys are heard between them. Invariant: only this file moves the time line.
 */
import { type Arrival, type Deed, type Machine, type Patience, type Picture, type PictureOptions, type Program, type Stand, type Timeline, type TimelineOptions, type Unit, openTimeline, takePicture } from '../../vm/index.ts';
import type { Happening } from './charts.ts';
import type { Language } from '../../lib/index.ts';
import { watchStops } from './tour.ts';
import { type View, chosenBlock, speeds } from './view.ts';
import { say, wrongPoint } from './words.ts';

export interface SessionOptions {
  readonly file: string;
  readonly text: string;
  readonly problems: readonly string[];
  readonly language: Language;
  readonly timeline: TimelineOptions;
}

/** How long one slice of the run may take, in milliseconds: keys are heard between slices. */
const SLICE = 25;
/** While it plays, one frame of run and picture; the run gets what the picture leaves, within bounds. */
const FRAME = { whole: 12, least: 2, most: 8 };
/** Branches and calls that the first slice gets; the next ones are measured. */
const FIRST = 1500;
const PARTS = 240;
const MANY = 200;
/** Bytes of a block that are shown. */
const BYTES = 512;
const allocators = ['slab', 'buddy', 'tlsf', 'bump'] as const;

const said: Readonly<Partial<Record<Arrival, string>>> = { start: 'the start of the run', breakpoint: 'a breakpoint', watchpoint: 'a watched value changes', input: 'the program waits for input: i' };

type Slice = (patience: Patience) => Stand;

export class Session {
  readonly #program: Program;
  readonly #options: SessionOptions;
  readonly timeline: Timeline;
  #job: { readonly slice: Slice; readonly done: (stand: Stand) => void } | null = null;
  /** What was typed for the program to read; the run with another allocator gets the same. */
  readonly #given: (Uint8Array | null)[] = [];
  #beside: { readonly allocator: (typeof allocators)[number]; readonly timeline: Timeline } | null = null;
  /** What was asked to be watched, by its number. */
  readonly #said = new Map<number, string>();
  #turns = 1;
  #owed = 0;
  #remembered: Picture['blocks'][number] | null = null;
  #patience = FIRST;
  #pictureCost = 0;
  #view: View;

  constructor(program: Program, options: SessionOptions) {
    this.#program = program;
    this.#options = options;
    this.timeline = openTimeline(program, options.timeline);
    const lines = options.text.replace(/\n$/, '').split('\n');
    this.#view = {
      language: options.language, file: options.file, lines, picture: this.#picture(this.timeline, false), position: 0, total: null, seen: 0, fault: null, activity: [], happenings: [], stops: watchStops(lines), breaks: [], points: [], needsInput: false,
      problems: options.problems, writer: null, writers: [], beside: null,
      focus: 'stack', turned: {}, scroll: {}, chosen: null, byte: 0, filter: '', order: 'address', zoom: 0, playing: 0, speed: 3, busy: null, card: null, prompt: null, message: '',
    };
  }

  #say(english: string, ...values: readonly (string | number)[]): string {
    return say(this.#options.language, english, ...values);
  }

  get view(): View {
    return this.#view;
  }

  /** Changes what the person chose; what the machine is stays. */
  set(change: Partial<View>): void {
    if (change.focus !== undefined && change.focus !== this.#view.focus) change = { ...change, turned: { ...this.#view.turned, [change.focus]: this.#turns++ } };
    const paused = change.playing === 0 && this.#view.playing !== 0;
    this.#view = { ...this.#view, ...change };
    if (paused) this.refresh({});
    else if ('chosen' in change) this.#look();
    else if ('byte' in change) this.#view = { ...this.#view, writer: this.#writer() };
  }

  get working(): boolean {
    return this.#job !== null;
  }

  /** Gives up what is under way; the run stands where it got to. */
  cancel(): void {
    if (this.#job === null) return;
    this.#job = null;
    this.refresh({ busy: null, message: this.#say('given up on the way') });
  }

  /** Does a slice of what is under way. True when something changed. */
  work(): boolean {
    const job = this.#job;
    if (job === null) return false;
    const stand = this.#measured(SLICE, job.slice);
    if (stand.arrival === 'tired') {
      this.#view = { ...this.#view, position: stand.position };
      return true;
    }
    this.#job = null;
    this.#arrived(stand);
    job.done(stand);
    return true;
  }

  #start(busy: string, slice: Slice, done: (stand: Stand) => void = () => {}): void {
    this.#job = { slice, done };
    this.set({ busy: this.#say(busy), playing: 0, message: '' });
    this.work();
  }

  move(direction: 1 | -1, unit: Unit, times = 1): void {
    const goes: Slice = direction > 0 ? patience => this.timeline.forward(unit, times, patience) : patience => this.timeline.back(unit, times, patience);
    this.#start(direction > 0 ? 'on the way' : 'on the way back', goes);
  }

  seek(position: number): void {
    this.#start('on the way', patience => this.timeline.seek(Math.max(0, position), patience));
  }

  end(): void {
    this.#start('running to the end', patience => this.timeline.seek(Number.MAX_SAFE_INTEGER, patience));
  }

  toLine(line: number): void {
    this.#start(this.#say('on the way to line {0}', line), patience => this.timeline.runToLine(line, undefined, patience), stand => {
      if (stand.arrival === 'end') this.set({ message: this.#say('the run did not come to line {0} again', line) });
    });
  }

  /** On to the next stop that the person set, or back to the one before. */
  resume(direction: 1 | -1): void {
    this.#start('on the way', patience => (direction > 0 ? this.timeline.resume(patience) : this.timeline.reverse(patience)));
  }

  /** To the next, previous watch stop of the program's tour. */
  tour(direction: 1 | -1): void {
    const { stops } = this.#view;
    if (stops.length === 0) return this.set({ message: this.#say("this program has no '## watch:' comments") });
    const numbers = [...new Set(stops.map(stop => stop.line))].map(line => this.timeline.breakAt({ line })).flatMap(made => ('number' in made ? [made.number] : []));
    const done = (): void => {
      for (const number of numbers) this.timeline.forget(number);
      if (this.#view.message === this.#say(said.breakpoint ?? '')) this.set({ message: '' });
    };
    this.#start('on the way to the next stop', patience => (direction > 0 ? this.timeline.resume(patience) : this.timeline.reverse(patience)), done);
  }

  /** To where the chosen block was born or died. */
  toEvent(what: 'born' | 'died'): void {
    const block = this.#meant() ?? this.#stopBlock();
    if (block === null) return this.set({ message: this.#say('choose a block first') });
    const deed = what === 'born' ? this.timeline.bornOf(block) : this.timeline.diedOf(block);
    if (deed === null && what === 'died' && this.timeline.total === null) return this.#seekDeath(block);
    if (deed === null) return this.set({ message: this.#say(what === 'born' ? 'nobody saw {0} being born' : '{0} never dies', block.id) });
    this.set({ card: null });
    this.#go(deed, this.#say(what === 'born' ? '{0} born here' : '{0} died here', block.id));
  }

  /** The run was not followed far enough: to its end, then back to where the block died, or to here. */
  #seekDeath(block: Picture['blocks'][number]): void {
    const here = this.timeline.position;
    this.#start('looking for its death', patience => this.timeline.seek(Number.MAX_SAFE_INTEGER, patience), () => {
      this.set({ card: null });
      const deed = this.timeline.diedOf(block);
      if (deed !== null) this.#go(deed, this.#say('{0} died here', block.id));
      else this.#start('on the way back', patience => this.timeline.seek(here, patience), () => this.set({ message: this.#say(this.timeline.total === null ? '{0} has not died yet, as far as the run was seen' : '{0} never dies', block.id) }));
    });
  }

  /** The chosen block, though it may not exist at this moment. */
  #meant(): Picture['blocks'][number] | null {
    const { chosen } = this.#view;
    return chosenBlock(this.#view) ?? (chosen?.kind === 'block' && this.#remembered?.id === chosen.id ? this.#remembered : null);
  }

  /** Looks closer at what is chosen. */
  #look(): void {
    this.#remembered = this.#meant();
    const block = this.#view.playing === 0 ? chosenBlock(this.#view) : null;
    const writers = block === null ? [] : this.timeline.writersOf(block.address, Math.min(block.size, BYTES));
    this.#view = { ...this.#view, writers };
    this.#view = { ...this.#view, writer: block === null ? null : this.#writer() };
  }

  #stopBlock(): Picture['blocks'][number] | null {
    const id = this.#view.picture.stop?.block;
    return this.#view.picture.blocks.find(block => block.id === id) ?? null;
  }

  toLastWrite(): void {
    const deed = this.#writer();
    if (deed === null) return this.set({ message: this.#say('nobody wrote this byte yet') });
    this.#go(deed, this.#say('byte {0} is written here', this.#view.byte));
  }

  toNextAccess(): void {
    const block = chosenBlock(this.#view);
    if (block === null) return this.set({ message: this.#say('choose a block first') });
    const address = block.address + this.#view.byte;
    this.#start('on the way to the next access', patience => this.timeline.runTo(address, 1, 'any', patience), stand => {
      this.set({ message: stand.arrival === 'there' ? this.#say('byte {0} of {1} is about to be used', this.#view.byte, block.id) : this.#say('nobody uses this byte after here') });
    });
  }

  toLastChange(): void {
    const { chosen } = this.#view;
    const variable = chosen?.kind === 'variable' ? /^(\d+)\/([^#]+)/.exec(chosen.id) : null;
    const [, depth, name] = variable ?? [];
    if (depth === undefined || name === undefined) return this.set({ message: this.#say('choose a variable first') });
    const deed = this.timeline.lastChange(name, Number(depth));
    if (deed === null) return this.set({ message: this.#say('{0} did not change since its call began', name) });
    this.#go(deed, this.#say('{0} changes here', name));
  }

  #go(deed: Deed, message: string): void {
    this.#start('on the way', patience => this.timeline.seek(deed.position, patience), () => this.set({ message }));
  }

  breakAt(line: number, condition: string): void {
    const made = this.timeline.breakAt({ line, ...(condition.trim() === '' ? {} : { condition: condition.trim() }) });
    this.set({ message: 'wrong' in made ? wrongPoint(this.#options.language, made.wrong) : condition.trim() === '' ? this.#say('stops on line {0}', line) : this.#say('stops on line {0} when {1}', line, condition.trim()) });
    this.#points();
  }

  /** Takes away the breakpoints of a line; false when it had none. */
  unbreak(line: number): boolean {
    const here = this.timeline.points.filter(point => 'break' in point && point.break.line === line);
    for (const point of here) this.timeline.forget(point.number);
    this.#points();
    return here.length > 0;
  }

  /** Stops when a variable changes, or when bytes are written: `b3` (all of it), `b3+4` (that byte), `0x1234`. */
  watch(text: string): void {
    const [, id, offset] = /^(b\d+|n\d[\d.]*|@\d+)(?:\+(\d+))?$/.exec(text) ?? [];
    const address = /^0x[0-9a-f]+$/i.test(text) ? Number(text) : null;
    const block = id === undefined ? undefined : this.#view.picture.blocks.find(one => one.id === id);
    if (id !== undefined && block === undefined) return this.set({ message: this.#say('there is no block {0} now', id) });
    const made = this.timeline.watch(block !== undefined ? { kind: 'bytes', address: block.address + Number(offset ?? 0), size: offset === undefined ? Math.max(1, block.size) : 1, access: 'write' } : address !== null ? { kind: 'bytes', address, size: 1, access: 'write' } : { kind: 'variable', name: text });
    if ('number' in made) this.#said.set(made.number, this.#say(block !== undefined || address !== null ? '{0} is written' : '{0} changes', text));
    this.set({ message: 'wrong' in made ? wrongPoint(this.#options.language, made.wrong) : this.#say('stops when {0}; . goes on, p shows all stops', this.#said.get(made.number) ?? text) });
    this.#points();
  }

  /** Takes away the stop that stands at this place of the list, from 0. */
  unpoint(at: number): void {
    const point = this.#view.points[at];
    if (point !== undefined) this.timeline.forget(point.number);
    this.#points();
  }

  #points(): void {
    const { points } = this.timeline;
    this.set({
      breaks: points.flatMap(point => ('break' in point ? [point.break.line] : [])),
      points: points.map(point => ({ number: point.number, text: 'break' in point ? (point.break.condition === undefined ? this.#say('line {0}', point.break.line) : this.#say('line {0} when {1}', point.break.line, point.break.condition)) : (this.#said.get(point.number) ?? this.#say('a watched value changes')) })),
    });
  }

  provide(text: string | null): void {
    const bytes = text === null ? null : new TextEncoder().encode(text);
    this.#given.push(bytes);
    this.timeline.provide(bytes);
    this.#beside?.timeline.provide(bytes);
    this.set({ needsInput: this.timeline.needsInput, message: text === null ? this.#say('the input has ended') : '' });
  }

  /** Takes, in turn, each other allocator beside this one, then none. */
  besideNext(): void {
    const own = this.timeline.machine.heap.allocator.name;
    const others = allocators.filter(name => name !== own);
    const at = this.#beside === null ? -1 : others.indexOf(this.#beside.allocator);
    const next = others[at + 1];
    this.#beside = next === undefined ? null : { allocator: next, timeline: openTimeline(this.#program, { ...this.#options.timeline, machine: { ...this.#options.timeline.machine, allocator: next } }) };
    for (const bytes of this.#given) this.#beside?.timeline.provide(bytes);
    this.refresh({ message: next === undefined ? '' : this.#say('{0} beside {1}, at the same step', next, own) });
  }

  suppose<Seen>(act: (machine: Machine) => void, look: (machine: Machine) => Seen): Seen {
    return this.timeline.suppose(act, look);
  }

  /** Does a part of the run that takes about so many milliseconds; how much that is, is learnt from the parts before. */
  #measured(milliseconds: number, slice: Slice): Stand {
    const start = performance.now();
    const asked = Math.max(50, Math.round(this.#patience));
    const stand = slice({ patience: asked });
    const cost = performance.now() - start;
    if (stand.arrival === 'tired') this.#patience = Math.min(5e6, asked * Math.max(0.4, Math.min(2, milliseconds / Math.max(0.1, cost))));
    return stand;
  }

  /** Playing: as many statements as the speed asks for in `milliseconds`. True when something changed. */
  play(milliseconds: number): boolean {
    const { playing, speed } = this.#view;
    if (playing === 0 || this.#job !== null) return false;
    const pace = speeds[speed] ?? 1;
    let slice: Slice;
    if (pace === Number.POSITIVE_INFINITY) slice = patience => (playing > 0 ? this.timeline.seek(Number.MAX_SAFE_INTEGER, patience) : this.timeline.back('statement', 2000, patience));
    else {
      this.#owed += (pace * milliseconds) / 1000;
      const times = Math.floor(this.#owed);
      if (times === 0) return false;
      this.#owed -= times;
      slice = patience => (playing > 0 ? this.timeline.forward('statement', times, patience) : this.timeline.back('statement', times, patience));
    }
    const stand = this.#measured(Math.max(FRAME.least, Math.min(FRAME.most, FRAME.whole - this.#pictureCost)), slice);
    if (stand.arrival !== 'there' && stand.arrival !== 'tired') this.#arrived(stand);
    else this.refresh({});
    return true;
  }

  #arrived(stand: Stand): void {
    this.refresh({ busy: null, playing: 0, message: this.#say(said[stand.arrival] ?? '') });
    const { picture } = this.#view;
    if (picture.stop !== null && stand.arrival === 'end') this.set({ card: { kind: 'stop' }, ...(picture.stop.block === null ? {} : { chosen: { kind: 'block', id: picture.stop.block }, byte: Math.max(0, picture.stop.offset) }) });
  }

  /** Of a large heap, while it plays, only as much as can be looked at: fewer blocks, no ghosts, and only the chosen one from close by. */
  #picture(timeline: Timeline, playing: boolean): Picture {
    const few = playing && (timeline.machine.heap.sanitizer?.table.count ?? Number.POSITIVE_INFINITY) > MANY;
    const options: PictureOptions = { ghosts: !few, stretches: true, mostBytes: BYTES, ...(few ? { mostBlocks: MANY, mostFollowed: MANY, close: new Set(this.#chosenId()) } : { mostBlocks: 1500 }), step: timeline.position, output: timeline.output, leaks: timeline.total !== null && timeline.position === timeline.total };
    return takePicture(timeline.machine, options);
  }

  /** A new picture of where the run stands now. */
  refresh(change: Partial<View>): void {
    const { timeline } = this;
    if (this.#beside !== null) this.#beside.timeline.seek(timeline.position);
    const activity = timeline.activity(PARTS);
    const playing = change.playing ?? this.#view.playing;
    const start = performance.now();
    const picture = this.#picture(timeline, playing !== 0);
    this.#pictureCost = performance.now() - start;
    this.#view = {
      ...this.#view, picture, position: timeline.position, total: timeline.total, seen: timeline.seen, fault: timeline.fault, needsInput: timeline.needsInput, activity, happenings: happeningsOf(activity, timeline.fault),
      beside: this.#beside === null ? null : this.#picture(this.#beside.timeline, playing !== 0), scroll: withoutSource(this.#view.scroll), ...change,
    };
    this.#look();
  }

  #chosenId(): string[] {
    const block = chosenBlock(this.#view);
    return block === null ? [] : [block.id];
  }

  #writer(): Deed | null {
    const block = chosenBlock(this.#view);
    const { byte, writers } = this.#view;
    return block === null ? null : byte < writers.length ? (writers[byte] ?? null) : this.timeline.lastWrite(block.address + byte);
  }
}

/** The source follows the run again. */
function withoutSource({ source: _, ...rest }: View['scroll']): View['scroll'] {
  return rest;
}

/** Births, deaths, the peak and the fault, for the time line. */
function happeningsOf(activity: View['activity'], fault: number | null): Happening[] {
  const out: Happening[] = [];
  let peak = -1;
  let most = 0;
  for (const part of activity) {
    if (part.births > 0) out.push({ step: part.from, kind: 'alloc' });
    else if (part.deaths > 0) out.push({ step: part.from, kind: 'free' });
    if (part.most > most) [most, peak] = [part.most, part.from];
  }
  if (peak >= 0) out.push({ step: peak, kind: 'peak' });
  if (fault !== null) out.push({ step: fault, kind: 'fault' });
  return out;
}
