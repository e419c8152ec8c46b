/** The version of this package, put in place when it is bundled, so that no file is read for it. */
import { readFileSync } from 'node:fs';

declare const ALTRU_VERSION: string | undefined;

export const version: string = typeof ALTRU_VERSION === 'string' ? ALTRU_VERSION : fromPackage();

function fromPackage(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : '0';
}
