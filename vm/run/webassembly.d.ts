/** What the engines use of the host's `WebAssembly` besides its memory: TypeScript's library without the DOM does not declare it. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    shared?: boolean;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Global {
    constructor(type: { readonly value: 'i32'; readonly mutable: boolean }, value: number);
    value: number;
  }
  function validate(bytes: Uint8Array): boolean;
}
