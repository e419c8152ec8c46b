/**
 * `altru explain CODE`: what a problem means, why it is one, a wrong program with what is said of it, and a right one. In: a code or slug. Out: text on stdout.
 */
import { type Paint, Sources, catalogue, checkProgram, messageOf, recordOf, renderProblem } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { openLibrary } from '../world/library.ts';
import { closest } from '../world/closest.ts';
import { columns, paintFor, wantsColor } from '../world/terminal.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const paint = paintFor(wantsColor(process.stdout, shared.color));
  const code = args[0];
  const zh = shared.language === 'zh';
  if (code === undefined || code === 'all') {
    for (const record of [...catalogue].sort((a, b) => a.code.localeCompare(b.code))) {
      process.stdout.write(`${paint('bold', record.code)} ${record.slug}: ${withoutHoles(zh ? record.message.zh : record.message.en)}\n`);
    }
    return code === undefined ? 2 : 0;
  }
  const record = recordOf(code) ?? catalogue.find(one => one.slug === code);
  if (record === undefined) {
    const near = closest(code.toUpperCase(), catalogue.map(one => one.code)) ?? closest(code, catalogue.map(one => one.slug));
    return wrongUse(`no problem '${code}'${near === null ? '' : `: did you mean '${near}'?`} ('altru explain all' lists them)`);
  }
  const said = saidOf(record, shared, paint);
  const parts = [
    paint('bold', `${record.code} ${record.slug}`), said?.message ?? withoutHoles(zh ? record.message.zh : record.message.en), zh ? record.why.zh : record.why.en,
    paint('error', zh ? '错误的写法' : 'wrong'), indent(record.wrong), ...(said === null ? [] : [indent(said.report)]), paint('good', zh ? '正确的写法' : 'right'), indent(record.right),
  ];
  process.stdout.write(`${parts.join('\n\n')}\n`);
  return 0;
}

const indent = (text: string): string => text.trimEnd().split('\n').map(line => (line === '' ? '' : `    ${line}`)).join('\n');

/** A message's shape, where no program tells what stands in its holes. */
const withoutHoles = (text: string): string => text.replace(/\{\w+\}/g, '…');

/** What is said of the record's wrong program at compile time; null where it goes wrong as it runs. Why it is wrong stands above already. */
function saidOf(record: (typeof catalogue)[number], shared: Shared, paint: Paint): { readonly message: string; readonly report: string } | null {
  const sources = new Sources();
  const library = openLibrary(sources, undefined);
  const root = sources.add('wrong.altru', record.wrong);
  const found = checkProgram({ sources, root, library, load: () => null }).problems.find(problem => problem.code === record.code);
  if (found === undefined) return null;
  return { message: messageOf(found, shared.language), report: renderProblem(found, sources, { language: shared.language, paint, form: 'full', width: columns, why: false }) };
}
