/**
 * A program as code: everything that is emitted, verified, stored and run, as plain data (JSON can hold it).
 * In: made by `lib/emit`, the decoder or a test's builder. Out: read by the verifier, the engines, pictures and reports.
 * Invariant: offsets are in words from the start of the body they belong to, and point at the first word of an instruction;
 * lists with an `at` are sorted by it; lines and columns count from 1.
 */
import type { ValueType } from './values.ts';

export type Profile = 'debug' | 'release' | 'unchecked';

export type Program = {
  readonly version: number;
  readonly name: string;
  readonly profile: Profile;
  /** Pointers carry the number of their block: `ptr.…` instructions keep it, and `check.access` looks at it. */
  readonly provenance: boolean;
  readonly signatures: readonly Signature[];
  readonly functions: readonly CodeFunction[];
  /** What function pointers mean: a pointer is an index in here; entry 0 is null and holds -1. */
  readonly table: readonly number[];
  readonly imports: readonly Import[];
  readonly statics: Statics;
  /** The function to begin with; its type is `()` or `() -> i32`, the exit code. */
  readonly entry: number;
  readonly sources: readonly CodeSource[];
  readonly types: readonly DebugType[];
};

export type Signature = { readonly params: readonly ValueType[]; readonly results: readonly ValueType[] };

export type Import = { readonly name: string; readonly signature: Signature };

/** A text the program was made from; `text` is there when reports shall show its lines. */
export type CodeSource = { readonly path: string; readonly text?: string; readonly std?: boolean };

/**
 * The area of constants and statics. The machine chooses where it begins, so addresses in it are made by `static.addr`, and
 * `pointers` lists the offsets of words that hold an offset in this area and become an address when the program is loaded.
 */
export type Statics = {
  readonly size: number;
  readonly align: number;
  readonly segments: readonly { readonly at: number; readonly bytes: readonly number[] }[];
  readonly pointers: readonly number[];
  /** Texts and other constants, each a place and a size: blocks of their own for the sanitizer. */
  readonly constants: readonly number[];
  readonly variables: readonly { readonly name: string; readonly at: number; readonly size: number; readonly type: number; readonly mutable: boolean; /** Nothing may ever write to it. */ readonly fixed?: true; /** Belongs to the library. */ readonly std?: true }[];
};

export type CodeFunction = {
  /** As a report names it: `shapes::Circle::area`. */
  readonly name: string;
  readonly signature: number;
  /** Types of the locals after the parameters. They begin as zeros. */
  readonly locals: readonly ValueType[];
  /** The function's own bytes in linear memory; size 0 when it needs none. Their first content is undefined. */
  readonly frame: { readonly size: number; readonly align: number };
  readonly body: readonly number[];
  readonly marks: readonly Mark[];
  /**
   * What runs while a panic unwinds through this function: structured code over the same locals and frame. It begins with one
   * i32 on the stack, the landing number (so its first instruction is usually a `br_table` in blocks that take an i32), has no results, and
   * every path ends with `resume` or a trap. A panic that leaves it aborts the program.
   */
  readonly cleanup: readonly number[] | null;
  readonly cleanupMarks: readonly Mark[];
  /** Which instructions of the body, when a panic comes out of them, go to the cleanup body, and with what number. */
  readonly landings: readonly Landing[];
  readonly variables: readonly Variable[];
  /** A panic in here is reported at the caller's place, as Rust's `#[track_caller]` does. */
  readonly trackCaller?: boolean;
  /** Belongs to the library: reports may fold it. */
  readonly std?: boolean;
  /** A panic may not leave this function. */
  readonly noUnwind?: boolean;
  /** Where the function is declared. */
  readonly declared?: { readonly source: number; readonly line: number; readonly column: number };
};

export type Landing = { readonly at: number; readonly landing: number };

/** From `at` on, code belongs to this place in the source. `statement` marks where a debugger may stop. */
export type Mark = { readonly at: number; readonly source: number; readonly line: number; readonly column: number; readonly statement: boolean };

/** A variable of the source: where it lives while `from <= offset < to` of the body. */
export type Variable = {
  readonly name: string;
  readonly type: number;
  readonly lives:
    | { readonly kind: 'local'; readonly local: number }
    /** An aggregate that was split over several locals, each with the offset of its part in the value. */
    | { readonly kind: 'locals'; readonly locals: readonly number[]; readonly at?: readonly number[] }
    | { readonly kind: 'frame'; readonly offset: number }
    /** The frame or local holds the address of the value. */
    | { readonly kind: 'behind'; readonly local: number };
  readonly from: number;
  readonly to: number;
  readonly parameter?: boolean;
  /** What it holds, from each offset of the body on, by offset; `out` before the first. Without it nothing is known. */
  readonly states?: readonly { readonly at: number; readonly state: HoldState }[];
  /** The local that says, while the state is `either`, whether the value is there. */
  readonly flag?: number;
  /** Parts of the value that are moved out somewhere: bytes from its start, and what they hold. */
  readonly parts?: readonly { readonly at: number; readonly size: number; readonly states: readonly { readonly at: number; readonly state: HoldState }[] }[];
};

/**
 * `out` of scope; `empty`: in scope, no value yet; `held`; `moved`: given away or dropped; `either`: the way that was taken decides between
 * `held` and one of the others; `partly`: parts of it were moved out.
 */
export const holdStates = ['out', 'empty', 'held', 'moved', 'either', 'partly'] as const;
export type HoldState = (typeof holdStates)[number];

/** What pictures, the leak scan and reports know about a type. `size` and `align` are in bytes; types name each other by row. */
export type DebugType = { readonly name: string; readonly size: number; readonly align: number; /** The end of such a value does something: it owns, or its type says so. */ readonly drops?: true } & DebugShape;

export type DebugShape =
  | { readonly kind: 'unit' | 'never' | 'bool' | 'char' | 'f32' | 'f64' }
  | { readonly kind: 'int'; readonly signed: boolean }
  /** Address of one value. A pointer to a dynamically sized value is a struct of this and its length or table. */
  | { readonly kind: 'pointer'; readonly pointee: number; readonly owns: boolean; readonly reference: boolean }
  /** Address and length: `&[T]`, `&str`, `*mut [T]`. */
  | { readonly kind: 'slice'; readonly element: number; readonly text: boolean; readonly reference: boolean }
  /** Data address and address of a table of methods: `&dyn Trait`, `Box[dyn Trait]`. */
  | { readonly kind: 'dynamic'; readonly owns: boolean }
  | { readonly kind: 'function' }
  | { readonly kind: 'array'; readonly element: number; readonly length: number }
  | { readonly kind: 'struct'; readonly fields: readonly DebugField[]; readonly room?: DebugRoom; readonly there?: DebugThere }
  | { readonly kind: 'enum'; readonly tag: DebugTag; readonly variants: readonly DebugVariant[] };

export type DebugField = { readonly name: string; readonly type: number; readonly at: number };

/**
 * A container of the library: of the places in its room only some hold a value. Each part is the number of a field. The room is an array in
 * the field, or, when `size` is given, what the field points to; values stand from `first` on (0 without it; a number of places, or the address of
 * the first one), `count` of them, or up to `end`, and go on at the room's beginning when they pass its end.
 */
export type DebugRoom = { readonly field: number; readonly size: number | null; readonly first: number | null; readonly count: number | null; readonly end: number | null };

/** The other fields hold something only while one of these bits of the field is set. */
export type DebugThere = { readonly field: number; readonly bits: number };

/**
 * How to tell which variant bytes hold: read `size` bytes at `at`; the variant is the one with that `value`; else the
 * variant `otherwise` (niche: each pointer but null is `Some`). `kind: 'single'` has one variant and no tag.
 */
export type DebugTag =
  | { readonly kind: 'single' }
  | { readonly kind: 'tag'; readonly at: number; readonly size: number; readonly otherwise: number | null };

export type DebugVariant = { readonly name: string; readonly value: number | null; readonly fields: readonly DebugField[] };

/** The source place of an offset in a body: the last mark at or before it. */
export function markAt(marks: readonly Mark[], offset: number): Mark | undefined {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.at ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return marks[low - 1];
}
