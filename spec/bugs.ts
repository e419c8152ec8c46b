/**
 * `npm run bugs`: the README of `samples/bugs`, made by running each program there and writing down what Altru says. In: programs, each with one classic mistake,
 * said in its first line. Out: the README. A program that ends well is an error: its mistake was not found. With `--check` nothing is written, and a README that is not fresh is an error.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const top = join(import.meta.dirname, '..');
const folder = join(top, 'samples/bugs');
const names = readdirSync(folder).filter(name => name.endsWith('.altru')).sort();
const parts = names.map(name => {
  const text = readFileSync(join(folder, name), 'utf8');
  const run = spawnSync(process.execPath, [join(top, 'dist/altru.mjs'), '--color', 'never', '--lang', 'en', 'run', name], { cwd: folder, encoding: 'utf8' });
  if (run.status === 0) throw new Error(`${name} ends well: its mistake was not found`);
  if (run.status === 70) throw new Error(`${name}: a fault of our own\n${run.stderr}`);
  const said = run.stderr.trimEnd().split('\n');
  const shown = said.length > 40 ? [...said.slice(0, 36), `… ${said.length - 36} more lines`] : said;
  return `## ${name.replace(/\.altru$/, '').replaceAll('-', ' ')}\n\n${text.split('\n')[0]?.replace(/^##\s*/, '') ?? ''}\n\n\`\`\`altru fragment\n${text.split('\n').slice(1).join('\n').trimEnd()}\n\`\`\`\n\n\`\`\`console\n$ altru ${name}\n${shown.join('\n')}\n$ echo $?\n${run.status}\n\`\`\`\n`;
});
const book = `# ${names.length} classic mistakes\n\nEach program here has one mistake that people make, and each report below is what Altru says of it. Made by \`npm run bugs\`; do not write in it by hand.\n\n${parts.join('\n')}`;
const path = join(folder, 'README.md');
if (process.argv.includes('--check')) {
  if (readFileSync(path, 'utf8') !== book) throw new Error('samples/bugs/README.md is not what Altru says today: npm run bugs');
} else writeFileSync(path, book);
console.log(`${names.length} programs, each found`);
