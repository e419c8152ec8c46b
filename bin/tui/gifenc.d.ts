/** What is used of gifenc, which brings no types. */
declare module 'gifenc/dist/gifenc.js' {
  interface Encoder {
    writeFrame(pixels: Uint8Array, width: number, height: number, options: { readonly palette?: readonly (readonly [number, number, number])[]; readonly delay: number; readonly transparent?: boolean; readonly transparentIndex?: number; readonly dispose?: number; readonly repeat?: number }): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  const gifenc: { readonly GIFEncoder: () => Encoder };
  export default gifenc;
}
