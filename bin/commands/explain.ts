/**
 * `altru explain CODE`: what a problem means, why it is one, a wrong and a right program. In: a code or slug. Out: text on stdout.
 */
import { catalogue, recordOf } from '../../lib/index.ts';
import type { Shared } from '../shared.ts';
import { closest } from '../world/closest.ts';
import { paintFor, wantsColor } from '../world/terminal.ts';
import { wrongUse } from '../world/usage.ts';

export async function run(args: readonly string[], shared: Shared): Promise<number> {
  const paint = paintFor(wantsColor(process.stdout, shared.color));
  const code = args[0];
  const zh = shared.language === 'zh';
  if (code === undefined || code === 'all') {
    for (const record of [...catalogue].sort((a, b) => a.code.localeCompare(b.code))) {
      process.stdout.write(`${paint('bold', record.code)} ${record.slug}: ${zh ? record.message.zh : record.message.en}\n`);
    }
    return code === undefined ? 2 : 0;
  }
  const record = recordOf(code) ?? catalogue.find(one => one.slug === code);
  if (record === undefined) {
    const near = closest(code.toUpperCase(), catalogue.map(one => one.code)) ?? closest(code, catalogue.map(one => one.slug));
    return wrongUse(`no problem '${code}'${near === null ? '' : `: did you mean '${near}'?`} ('altru explain all' lists them)`);
  }
  const indent = (text: string): string => text.trimEnd().split('\n').map(line => `    ${line}`).join('\n');
  process.stdout.write(
    `${paint('bold', `${record.code} ${record.slug}`)}\n\n${zh ? record.message.zh : record.message.en}\n\n${zh ? record.why.zh : record.why.en}\n\n${paint('error', zh ? '错误的写法' : 'wrong')}\n\n${indent(record.wrong)}\n\n${paint('good', zh ? '正确的写法' : 'right')}\n\n${indent(record.right)}\n`,
  );
  return 0;
}
