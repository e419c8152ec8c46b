/**
 * The stored form of what passes know: plain data with types, maps, sets and big integers in it, as JSON text. Types are written
 * once in a table and decoded when first met, so that a program pays only for what it mentions.
 * In: values made by the passes. Out: text, and equal values again. Invariant: decoding gives interned types (`===` holds).
 */
import type { Span } from './text/span.ts';
import { intern, isType, type Type, type TypeShape } from './types/type.ts';

/** Leads an array that stands for something JSON has no word for. An array of the user's own data that begins with it is not stored. */
const TAG = '§';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export class Encoder {
  readonly types: Json[] = [];
  readonly #index = new Map<Type, number>();
  /** Instances are stored as their shapes, and the names of promoted constants too: keys hold numbers of this process. */
  readonly #instances: ReadonlyMap<string, InstanceLike>;

  constructor(instances: ReadonlyMap<string, InstanceLike> = new Map()) {
    this.#instances = instances;
  }

  encode(value: unknown): Json {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') {
      const named = value.startsWith('promoted ') ? this.#instances.get(value) : undefined;
      return named === undefined ? value : [TAG, 'k', this.encode(named)];
    }
    if (value === undefined) return null;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : [TAG, 'n', String(Object.is(value, -0) ? '-0' : value)];
    if (typeof value === 'bigint') return [TAG, 'b', value.toString()];
    if (typeof value === 'function') throw new Error('a function cannot be stored');
    if (Array.isArray(value)) return value.map(one => this.encode(one));
    if (typeof value !== 'object') throw new Error(`cannot store ${typeof value}`);
    if (value instanceof Map) return [TAG, 'm', ...[...value].map(([k, v]): Json => [this.encode(k), this.encode(v)])];
    if (value instanceof Set) return [TAG, 's', ...[...value].map(one => this.encode(one))];
    if (isType(value)) return [TAG, this.#type(value)];
    if (isSpan(value)) return [TAG, value.file, value.start, value.end];
    if (this.#instances.size > 0 && 'key' in value && 'depth' in value && typeof value.key === 'string' && this.#instances.get(value.key) === value) {
      const { key: _key, depth: _depth, ...shape } = value;
      return [TAG, 'i', this.#object(shape)];
    }
    return this.#object(value);
  }

  #object(value: object): Json {
    const out: { [key: string]: Json } = {};
    for (const [key, inner] of Object.entries(value)) if (inner !== undefined) out[key] = this.encode(inner);
    return out;
  }

  #type(type: Type): number {
    let index = this.#index.get(type);
    if (index === undefined) {
      const { id: _id, flags: _flags, ...shape } = type;
      const encoded = this.#object(shape);
      index = this.types.length;
      this.types.push(encoded);
      this.#index.set(type, index);
    }
    return index;
  }
}

export class Decoder {
  /** JSON text of each type's row. */
  readonly #types: readonly string[];
  readonly #made: (Type | undefined)[] = [];

  readonly #instance: ((shape: unknown) => InstanceLike) | null;

  constructor(types: readonly string[], instance: ((shape: unknown) => InstanceLike) | null = null) {
    this.#types = types;
    this.#instance = instance;
  }

  /** The value that `Encoder.encode` took; its shape is what the encoder was given. */
  decode(json: Json): unknown {
    if (json === null || typeof json !== 'object') return json;
    if (!isArray(json)) {
      const out: { [key: string]: unknown } = {};
      for (const key in json) out[key] = this.decode(json[key] ?? null);
      return out;
    }
    if (json[0] !== TAG) return json.map(one => this.decode(one));
    // By far the most frequent: a type by its row, a span by its three numbers.
    if (typeof json[1] === 'number') return json.length === 2 ? this.#type(json[1]) : { file: json[1], start: json[2], end: json[3] };
    switch (json[1]) {
      case 'i': return this.#named(json[2]);
      case 'k': return this.#named(json[2]).key;
      case 'b': return BigInt(String(json[2]));
      case 'n': return Number(json[2]);
      case 's': return new Set(json.slice(2).map(one => this.decode(one)));
      case 'm': return new Map(json.slice(2).map(pair => (isArray(pair) ? [this.decode(pair[0] ?? null), this.decode(pair[1] ?? null)] : [null, null])));
      default: throw new Error('damaged store');
    }
  }

  /** The shape is encoded as an instance once more where it is a name. */
  #named(json: Json | undefined): InstanceLike {
    const shape = this.decode(json ?? null);
    if (isInstance(shape)) return shape;
    if (this.#instance === null) throw new Error('damaged store');
    return this.#instance(shape);
  }

  #type(index: number): Type {
    let type = this.#made[index];
    if (type === undefined) {
      type = intern(this.decode(JSON.parse(this.#types[index] ?? 'null') as Json) as TypeShape);
      this.#made[index] = type;
    }
    return type;
  }
}

/** What the store knows of an instance (`emit/instance.ts`): it has a key, and is one object for each. */
interface InstanceLike {
  readonly key: string;
}

const isInstance = (value: unknown): value is InstanceLike => typeof value === 'object' && value !== null && 'key' in value && 'depth' in value && typeof value.key === 'string';

function isSpan(value: object): value is Span {
  return 'file' in value && 'start' in value && 'end' in value && Object.keys(value).length === 3;
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

/**
 * A map over a map that is never written, with values that may still be stored text: reading looks here, then in `base`, then
 * decodes. A compilation of a user's program gets one over the library's, so that the library stays as it was.
 */
export class LayeredMap<K, V> extends Map<K, V> {
  readonly #base: ReadonlyMap<K, V> | null;
  readonly #pending: Map<K, number>;
  readonly #decode: (row: number) => V;
  /** What was read or written last under a key, wherever it stands: one look-up serves most reads. */
  readonly #near = new Map<K, V>();

  /** `pending` names the row of the store that each value is made from when it is first read. */
  constructor(base: ReadonlyMap<K, V> | null, pending: Map<K, number> = new Map(), decode: (row: number) => V = () => { throw new Error('nothing is stored'); }) {
    super();
    this.#base = base;
    this.#pending = pending;
    this.#decode = decode;
  }

  override get(key: K): V | undefined {
    let value = this.#near.get(key);
    if (value !== undefined) return value;
    const row = this.#pending.size === 0 ? undefined : this.#pending.get(key);
    if (row !== undefined) {
      value = this.#decode(row);
      this.set(key, value);
      this.#pending.delete(key);
      return value;
    }
    value = super.get(key) ?? this.#base?.get(key);
    if (value !== undefined) this.#near.set(key, value);
    return value;
  }

  override set(key: K, value: V): this {
    this.#near.set(key, value);
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    this.#near.delete(key);
    return super.delete(key);
  }

  override has(key: K): boolean {
    return super.has(key) || this.#pending.has(key) || (this.#base?.has(key) ?? false);
  }

  override get size(): number {
    let size = super.size + this.#pending.size;
    if (this.#base !== null) for (const key of this.#base.keys()) if (!super.has(key)) size++;
    return size;
  }

  override *keys(): MapIterator<K> {
    // Reading a value moves its key from the pending ones to the decoded ones: both are listed before anything is read.
    const own = [...super.keys(), ...this.#pending.keys()];
    if (this.#base !== null) for (const key of this.#base.keys()) if (!super.has(key) && !this.#pending.has(key)) yield key;
    yield* own;
  }

  override *entries(): MapIterator<[K, V]> {
    for (const key of this.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  override *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  override forEach(action: (value: V, key: K, map: Map<K, V>) => void): void {
    for (const [key, value] of this.entries()) action(value, key, this);
  }
}
