/**
 * A picture: what a machine holds at one moment, as one plain value (JSON can carry it) that faces draw and tools read.
 * In: made by `takePicture` (`take.ts`) from a machine and the tables of its program. Out: frames, blocks, free memory, arrows, statistics.
 * Invariants: nothing in here refers to the machine; addresses are numbers of the program's 32-bit space; lists are in a fixed order
 * (frames innermost first, variables as declared, all else by address), so equal states give equal pictures.
 * `schema.ts` says the same as JSON schema; `difference.ts` compares two.
 */
import type { Machine } from '../run/machine.ts';

export const pictureVersion = 1;

export interface Picture {
  readonly version: 1;
  readonly program: string;
  readonly profile: 'debug' | 'release' | 'unchecked';
  readonly allocator: string;
  /** Statements done since the beginning; null when nobody counted. */
  readonly step: number | null;
  readonly status: 'running' | 'finished' | 'stopped';
  /** The line the machine stands on, about to be done (or being done, when the library is at work for it); null before and after the run. */
  readonly at: PicturePlace | null;
  /** Open calls, innermost first. The library's own are left out unless asked for. */
  readonly frames: readonly PictureFrame[];
  readonly statics: readonly PictureVariable[];
  /** Live blocks, and ghosts: dead ones whose bytes were not yet given out again. By address. */
  readonly blocks: readonly PictureBlock[];
  /** How many blocks there are of which `blocks` shows none, because there are too many. */
  readonly more: number;
  readonly heap: PictureHeap;
  readonly freeLists: readonly PictureFreeList[];
  readonly regions: readonly PictureRegion[];
  readonly arrows: readonly PictureArrow[];
  readonly statistics: PictureStatistics;
  /** What the program wrote so far (its end, when it is long). */
  readonly output: string;
  readonly stop: PictureStop | null;
}

export interface PicturePlace {
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line's text, when the program carries its source. */
  readonly text: string | null;
  readonly std: boolean;
}

export interface PictureFrame {
  /** Its number from the outermost, which is 0: stable while the call is open. */
  readonly depth: number;
  readonly function: string;
  readonly std: boolean;
  readonly at: PicturePlace;
  readonly variables: readonly PictureVariable[];
  /** The call's bytes on the memory stack; null when it has none. */
  readonly memory: { readonly address: number; readonly size: number } | null;
}

/**
 *     owner          holds a value that it will drop: a block of its own, or something that owns one
 *     plain          a value that owns nothing: numbers, `bool`, structs of them
 *     shared         `&T`        exclusive   `&mut T`        raw   `*const T`, `*mut T`
 *     moved          given away; the bits are still there and mean nothing
 *     uninitialised  declared, no value yet
 */
export type Ownership = 'owner' | 'plain' | 'shared' | 'exclusive' | 'raw' | 'moved' | 'uninitialised';

export interface PictureVariable {
  /** Unique in the picture and stable while its call is open: `0/count`, `2/list#1` (depth of the frame, name, which of that name). */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** One line, as Debug would print it, shortened. For `moved` and `uninitialised` what would be there must not be believed. */
  readonly text: string;
  readonly ownership: Ownership;
  readonly parameter: boolean;
  readonly place: { readonly kind: 'memory'; readonly address: number } | { readonly kind: 'registers'; readonly slots: readonly number[] } | { readonly kind: 'nowhere' };
  readonly size: number;
  /** The parts of a struct, tuple, enum or array. */
  readonly fields: readonly PictureField[];
}

export interface PictureField {
  /** `x`, `0`, `[3]`; a variant of an enum stands before its fields: `Some.0`. */
  readonly name: string;
  readonly type: string;
  /** Bytes from the start of the variable or block that it belongs to. */
  readonly at: number;
  readonly size: number;
  readonly text: string;
  readonly fields: readonly PictureField[];
}

/**
 *     live         the program holds it
 *     leaked       live, and nothing leads to it any more (after the end of the run, or when asked for)
 *     quarantined  freed; the sanitizer keeps its bytes from reuse
 *     freed        freed; its bytes belong to the allocator again and nobody got them yet
 *     reset, released, dropped   a part that an arena or pool took back
 */
export type BlockStanding = 'live' | 'leaked' | 'quarantined' | 'freed' | 'reset' | 'released' | 'dropped';

export interface PictureBlock {
  /** `b3`, the third block of the run, where blocks are numbered (debug profile), else `@65536` by its address. Stable over the block's life. */
  readonly id: string;
  readonly number: number;
  readonly address: number;
  readonly size: number;
  /** The family of functions it came from: `system`, `malloc`, `arena`, `pool`, a user's allocator. */
  readonly family: string;
  /** `part`: handed out by an arena, a pool or a user's allocator, from inside another block. */
  readonly sort: 'heap' | 'part' | 'stack';
  readonly standing: BlockStanding;
  /** What its bytes are, when a typed pointer leads to it: `i32`, `[Node; 8]`. */
  readonly type: string | null;
  readonly born: PictureEvent | null;
  readonly died: PictureEvent | null;
  /** The block this is a part of, and the region that handed it out. */
  readonly inside: string | null;
  readonly region: number | null;
  /** All that belongs to it in the order of addresses, gapless: what the allocator gave, around the payload. Empty for parts. */
  readonly layout: readonly PictureRange[];
  /** Its first bytes in hexadecimal, two digits each; `..` for one that was never written. Shortened when `size` is larger than it. */
  readonly bytes: string;
  /** As far as the type says, and the bytes are there. */
  readonly fields: readonly PictureField[];
  /** The content as text, when it is used as text. */
  readonly text: string | null;
}

export interface PictureEvent {
  /** The innermost place in the user's own code. */
  readonly at: PicturePlace;
  /** Innermost first. */
  readonly stack: readonly PicturePlace[];
}

export type ByteClass =
  /** The allocator's and the heap's own words: tables, bins, slab heads. */
  | 'table'
  | 'header'
  | 'payload'
  /** Between the payload's end and the end of what the allocator gave. */
  | 'padding'
  /** Around a payload, by the sanitizer. */
  | 'redzone'
  /** A dead block's bytes that may not be given out yet, its zones included. */
  | 'quarantine'
  /** Usable by later requests. */
  | 'free'
  /** Below the allocator's top and neither of a block nor usable. */
  | 'unused';

export interface PictureRange {
  readonly class: ByteClass;
  readonly from: number;
  readonly to: number;
}

export interface PictureStretch extends PictureRange {
  /** The id of the block it belongs to. */
  readonly block: string | null;
}

export interface PictureHeap {
  /** What the allocator has taken from the address space: `stretches` cover it without a gap. */
  readonly from: number;
  readonly to: number;
  /** Where the space ends for good. */
  readonly limit: number;
  /** Empty when not asked for. */
  readonly stretches: readonly PictureStretch[];
}

/** Free memory as the allocator lists it: from the head, link by link. */
export interface PictureFreeList {
  /** `32 bytes`, `order 6`, `bin 7.3`, `runs of pages`. */
  readonly name: string;
  readonly items: readonly { readonly address: number; readonly size: number }[];
  /** The list goes on behind what is shown. */
  readonly more: number;
}

/** An arena, a pool or a user's allocator. */
export interface PictureRegion {
  readonly number: number;
  readonly family: string;
  readonly made: PictureEvent | null;
  readonly ended: PictureEvent | null;
  readonly dropped: boolean;
  /** Memory that it took, each a range inside a block. */
  readonly chunks: readonly { readonly block: string | null; readonly address: number; readonly size: number }[];
  /** Parts that are out, and their bytes. */
  readonly parts: number;
  readonly bytes: number;
}

export type PictureEnd =
  | { readonly kind: 'variable'; readonly id: string; readonly offset: number }
  | { readonly kind: 'block'; readonly id: string; readonly offset: number }
  | { readonly kind: 'null' }
  /** Nothing that the picture knows is there. */
  | { readonly kind: 'elsewhere'; readonly address: number };

export interface PictureArrow {
  readonly from: PictureEnd;
  readonly to: PictureEnd;
  /** How the pointer holds what it points to. */
  readonly holds: 'owner' | 'shared' | 'exclusive' | 'raw';
  /** `interior`: into the middle of a live block. `dangling`: to a dead block, or to one it was not made for. */
  readonly standing: 'live' | 'interior' | 'dangling' | 'null';
  /** The field that holds it, `head`, `next`. */
  readonly name: string;
  readonly type: string;
}

export interface PictureStatistics {
  readonly current: number;
  readonly peak: number;
  readonly liveBlocks: number;
  readonly totalAllocated: number;
  readonly totalFreed: number;
  readonly allocations: number;
  readonly frees: number;
  readonly reallocations: number;
  readonly failures: number;
  readonly overhead: number;
  /** 1 - largest free stretch / free bytes. */
  readonly fragmentation: number;
  readonly footprint: number;
  readonly free: number;
  readonly largestFree: number;
  readonly quarantined: number;
  readonly families: readonly { readonly family: string; readonly current: number; readonly peak: number; readonly liveBlocks: number; readonly allocations: number; readonly frees: number }[];
}

export interface PictureStop {
  readonly code: string;
  /** `panic`, `heap-use-after-free`, … */
  readonly kind: string;
  readonly message: string;
  readonly at: PicturePlace | null;
  readonly exit: number;
  /** The block that was meant or hit, and where in it. */
  readonly block: string | null;
  readonly offset: number;
  readonly address: number | null;
  readonly born: PictureEvent | null;
  readonly died: PictureEvent | null;
}

export interface PictureOptions {
  /** Show the library's own calls and their variables. */
  readonly library?: boolean;
  /** Most blocks shown; live ones and those with arrows come first. */
  readonly mostBlocks?: number;
  /** Blocks that are looked into: fields, bytes, text, surroundings. All without it. */
  readonly close?: ReadonlySet<string>;
  /**
   * For those who take many pictures in a second: pointers are followed only through so many blocks, and of live blocks only `mostBlocks` by address and those that arrows
   * lead to are looked at. What only others lead to has no type and no arrow then.
   */
  readonly mostFollowed?: number;
  /** Most bytes shown of one block. */
  readonly mostBytes?: number;
  /** Most elements shown of one array or slice. */
  readonly mostElements?: number;
  /** Dead blocks too. */
  readonly ghosts?: boolean;
  /** Find live blocks that nothing leads to, also before the end of the run. */
  readonly leaks?: boolean;
  /** The classes of all bytes of the heap. */
  readonly stretches?: boolean;
  readonly step?: number;
  readonly output?: string;
  /** What `learnContents` knew of blocks at other moments: their type when nothing typed leads to them any more. */
  readonly known?: BlockContents;
}

/** What blocks hold, by their ids; made by `learnContents`. */
export type BlockContents = ReadonlyMap<string, BlockContent>;

export interface BlockContent {
  /** Row of the program's types, and where in the block values of it begin. */
  readonly row: number;
  readonly at: number;
  /** How many there is room for, and how many are in use, from `first` on. */
  readonly room: number;
  readonly used: number;
  readonly first: number;
  /** Bytes of counts before the value of an `Rc`. */
  readonly before: number;
  readonly text: boolean;
  /** How much it is to be believed. */
  readonly rank: number;
}

/** What `takePicture` in `take.ts` is. The machine stands still; it is not changed. */
export type TakePicture = (machine: Machine, options?: PictureOptions) => Picture;
