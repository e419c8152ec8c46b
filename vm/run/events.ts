/**
 * Events: what a watcher may listen to. In: a kind and a function. Out: the function is called at each such event, with the machine.
 * `statement`, `moment`, `call`, `return`, `load`, `store` need code made for them: ask with `watched` when the machine is created. The others are
 * rare enough to be told in every run. Cost: none when nobody listens, beyond one look at an empty list in rare operations.
 */
export type Events = {
  /** Before a statement; `offset` is in the body (`-1 - offset` in the cleanup body). Return true to halt there. */
  statement: (offset: number) => boolean | void;
  /** After something that changed what a variable holds, between statements; `offset` as above. */
  moment: (offset: number) => void;
  call: (index: number) => void;
  return: () => void;
  /** Before the access. */
  load: (address: number, size: number) => void;
  /** After the access. */
  store: (address: number, size: number) => void;
  /** `from` is the old address when it was a `realloc`, else 0. Parts that arenas, pools and users' allocators hand out are told too. */
  alloc: (address: number, size: number, allocator: number, from: number) => void;
  /** Address 0: many at once, by a region's reset, rollback or end. */
  free: (address: number, allocator: number) => void;
  panic: (message: string) => void;
};

export type Listeners = { readonly [Kind in keyof Events]: Events[Kind][] };

/** Subscribes; gives a function that ends the subscription. */
export function listen<Kind extends keyof Events>(machine: { readonly listeners: Listeners }, kind: Kind, listener: Events[Kind]): () => void {
  const list: Events[Kind][] = machine.listeners[kind];
  list.push(listener);
  return () => {
    const place = list.indexOf(listener);
    if (place >= 0) list.splice(place, 1);
  };
}
