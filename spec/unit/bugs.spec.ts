/** The book of classic mistakes says what Altru says. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from '../suite.ts';

const test = suite('bugs');

test('each mistake of samples/bugs is found, and its README is fresh', () => {
  const run = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, '../bugs.ts'), '--check'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr.slice(-800));
  assert.match(run.stdout, /^30 programs/);
});
