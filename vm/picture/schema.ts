/**
 * The JSON schema of a picture (draft 2020-12): what `altru picture -o x.json` writes. In: nothing. Out: the schema as a value; the build's
 * package carries it as a file. A spec holds pictures of many programs against it.
 */
type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer' };
const number: Schema = { type: 'number' };
const flag: Schema = { type: 'boolean' };
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const maybe = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const choice = (...values: readonly string[]): Schema => ({ enum: values });
const record = (properties: { readonly [key: string]: Schema }): Schema => ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false });

const classes = choice('table', 'header', 'payload', 'padding', 'redzone', 'quarantine', 'free', 'unused');

export const pictureSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'picture.schema.json',
  title: 'A picture of a running Altru program',
  ...record({
    version: { const: 1 }, program: text, profile: choice('debug', 'release', 'unchecked'), allocator: text, step: maybe(count), status: choice('running', 'finished', 'stopped'),
    at: maybe(ref('place')), frames: list(ref('frame')), statics: list(ref('variable')), blocks: list(ref('block')), more: count,
    heap: record({ from: count, to: count, limit: count, stretches: list(record({ class: classes, from: count, to: count, block: maybe(text) })) }),
    freeLists: list(record({ name: text, items: list(record({ address: count, size: count })), more: count })),
    regions: list(record({ number: count, family: text, made: maybe(ref('event')), ended: maybe(ref('event')), dropped: flag, chunks: list(record({ block: maybe(text), address: count, size: count })), parts: count, bytes: count })),
    arrows: list(record({ from: ref('end'), to: ref('end'), holds: choice('owner', 'shared', 'exclusive', 'raw'), standing: choice('live', 'interior', 'dangling', 'null'), name: text, type: text })),
    statistics: record({
      current: count, peak: count, liveBlocks: count, totalAllocated: count, totalFreed: count, allocations: count, frees: count, reallocations: count, failures: count,
      overhead: count, fragmentation: number, footprint: count, free: count, largestFree: count, quarantined: count,
      families: list(record({ family: text, current: count, peak: count, liveBlocks: count, allocations: count, frees: count })),
    }),
    output: text,
    stop: maybe(record({ code: text, kind: text, message: text, at: maybe(ref('place')), exit: count, block: maybe(text), offset: count, address: maybe(count), born: maybe(ref('event')), died: maybe(ref('event')) })),
  }),
  $defs: {
    place: record({ function: text, file: text, line: count, column: count, text: maybe(text), std: flag }),
    event: record({ at: ref('place'), stack: list(ref('place')) }),
    frame: record({ depth: count, function: text, std: flag, at: ref('place'), variables: list(ref('variable')), memory: maybe(record({ address: count, size: count })) }),
    variable: record({
      id: text, name: text, type: text, text, ownership: choice('owner', 'plain', 'shared', 'exclusive', 'raw', 'moved', 'uninitialised'), parameter: flag,
      place: { anyOf: [record({ kind: { const: 'memory' }, address: count }), record({ kind: { const: 'registers' }, slots: list(count) }), record({ kind: { const: 'nowhere' } })] },
      size: count, fields: list(ref('field')),
    }),
    field: record({ name: text, type: text, at: count, size: count, text, fields: list(ref('field')) }),
    block: record({
      id: text, number: count, address: count, size: count, family: text, sort: choice('heap', 'part', 'stack'), standing: choice('live', 'leaked', 'quarantined', 'freed', 'reset', 'released', 'dropped'),
      type: maybe(text), born: maybe(ref('event')), died: maybe(ref('event')), inside: maybe(text), region: maybe(count),
      layout: list(record({ class: classes, from: count, to: count })), bytes: { type: 'string', pattern: '^([0-9a-f]{2}|\\.\\.)*$' }, fields: list(ref('field')), text: maybe(text),
    }),
    end: {
      anyOf: [
        record({ kind: { const: 'variable' }, id: text, offset: count }), record({ kind: { const: 'block' }, id: text, offset: count }),
        record({ kind: { const: 'null' } }), record({ kind: { const: 'elsewhere' }, address: count }),
      ],
    },
  },
};
