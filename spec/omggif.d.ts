/** What the specs use of omggif, which brings no types. */
declare module 'omggif' {
  export class GifReader {
    constructor(bytes: Uint8Array);
    readonly width: number;
    readonly height: number;
    numFrames(): number;
    frameInfo(frame: number): { readonly delay: number; readonly disposal: number };
    /** Blends the frame into pixels of four bytes. */
    decodeAndBlitFrameRGBA(frame: number, pixels: Uint8Array): void;
  }
}
