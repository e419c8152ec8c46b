/**
 * How a run ended, as text for people: a panic as Rust prints it, anything else as a report with the call stack and, for a memory
 * error, where the block was born, died and was touched. In: a machine that has ended and its report. Out: text, empty when all went well.
 */
import type { Machine } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import type { ReportEvent, ReportFrame, ReportLeak, RunReport } from './run-report.ts';

const words = {
  en: { stopped: 'stopped', at: 'at', called: 'called from', born: 'born (allocated)', died: 'died (released)', touched: 'touched', explain: 'more about it', leak: 'leak', blocks: 'blocks', bytes: 'bytes', never: 'never released' },
  zh: { stopped: '已停止', at: '位于', called: '调用自', born: '诞生（分配处）', died: '消亡（释放处）', touched: '访问处', explain: '详细说明', leak: '内存泄漏', blocks: '个块', bytes: '字节', never: '从未释放' },
} as const;

export function renderTrap(_machine: Machine, report: RunReport, shared: Shared): string {
  const { stop } = report;
  const word = words[shared.language];
  if (stop === null) return report.leaks.filter(leak => leak.kind !== 'reachable').map(leak => leakText(leak, word)).join('');
  // The machine said so itself when the panic began, as Rust does.
  if (stop.kind === 'panic') return '';
  const lines = [`${stop.kind} [${stop.code}] ${word.at} ${stop.at.file}:${stop.at.line}:${stop.at.column}: ${stop.message}`];
  lines.push(...stackText(word.touched, stop.stack));
  if (stop.born !== null) lines.push(...eventText(word.born, stop.born));
  if (stop.died !== null) lines.push(...eventText(word.died, stop.died));
  lines.push(`  ${word.explain}: altru explain ${stop.code}`);
  return `${lines.join('\n')}\n`;
}

/** One group of lost blocks, with the call stack that allocated them. */
function leakText(leak: ReportLeak, word: (typeof words)[keyof typeof words]): string {
  const head = `${word.leak} [R4040] ${leak.kind}: ${leak.bytes} ${word.bytes}, ${leak.blocks} ${word.blocks}, ${word.never}`;
  return `${[head, ...('stack' in leak.allocated ? stackText(word.born, leak.allocated.stack) : [])].join('\n')}\n`;
}

function eventText(title: string, event: ReportEvent): string[] {
  return stackText(title, event.stack);
}

/** A stack of which a long middle is left out. */
function stackText(title: string, stack: readonly ReportFrame[]): string[] {
  const text = (frame: ReportFrame): string => `    ${frame.function}  ${frame.file}:${frame.line}:${frame.column}`;
  const shown = stack.length > 16 ? [...stack.slice(0, 10).map(text), `    … ${stack.length - 14} …`, ...stack.slice(-4).map(text)] : stack.map(text);
  return [`  ${title}:`, ...shown];
}
