import type { SourceFile } from '../text/sources.ts';
export function format(file: SourceFile): string { return file.text; }
