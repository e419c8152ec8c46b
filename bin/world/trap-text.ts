/**
 * How a run ended, as text for people: what happened, the line where it did, a drawing of the block, and the three call stacks: where
 * the block was touched, born and died. In: a machine that has ended and its report. Out: text, empty when all went well.
 * A panic is not told here: the machine said it when it began, as Rust does.
 */
import { messageOf, nextStep, problem, recordOf, type FileId, type Language } from '../../lib/index.ts';
import { type Fault, type How, type Machine, type StackEntry, blockId, isFailure } from '../../vm/index.ts';
import type { Shared } from '../shared.ts';
import type { ReportEvent, ReportFrame, ReportLeak, ReportStop, RunReport } from './run-report.ts';
import { shadowText, valuesText } from './stop-text.ts';

interface Words {
  readonly born: string;
  readonly died: string;
  readonly region: string;
  readonly touched: string;
  readonly stack: string;
  readonly why: string;
  readonly next: string;
  readonly look: string;
  readonly explain: string;
  readonly leak: (bytes: number, blocks: number) => string;
  readonly kinds: Record<ReportLeak['kind'], string>;
  readonly lost: (how: How, variable: string | null) => string;
  readonly ring: string;
  readonly back: string;
  readonly access: (fault: Fault) => string;
}

const words: Record<Language, Words> = {
  en: {
    born: 'born: allocated at',
    died: 'died: released at',
    region: 'region: made at',
    touched: 'touched at',
    stack: 'in',
    why: 'why',
    next: 'try',
    look: 'see it as a picture',
    explain: 'more about it',
    leak: (bytes, blocks) => `${bytes} ${bytes === 1 ? 'byte' : 'bytes'} in ${blocks} ${blocks === 1 ? 'block' : 'blocks'}`,
    kinds: { definite: 'nothing leads to it', cyclic: 'its blocks lead only to each other', indirect: 'only lost blocks lead to it', reachable: 'still reachable', intended: 'kept for ever, as the program said' },
    lost: (how, variable) => lostEn[how](variable),
    ring: 'ring',
    back: 'back to the first',
    access: fault => `${fault.access}${fault.size === 0 ? '' : ` of ${fault.size} ${fault.size === 1 ? 'byte' : 'bytes'}`}${whereEn(fault)}`,
  },
  zh: {
    born: '诞生：分配于',
    died: '消亡：释放于',
    region: '区域：创建于',
    touched: '访问于',
    stack: '位于',
    why: '原因',
    next: '建议',
    look: '用图画查看',
    explain: '详细说明',
    leak: (bytes, blocks) => `${blocks} 个块，共 ${bytes} 字节`,
    kinds: { definite: '没有任何指针指向它', cyclic: '这些块只互相指向', indirect: '只有已丢失的块指向它', reachable: '仍可到达', intended: '程序有意永久保留' },
    lost: (how, variable) => lostZh[how](variable),
    ring: '环',
    back: '回到第一个',
    access: fault => `访问（${fault.access}）${fault.size === 0 ? '' : `${fault.size} 字节`}${whereZh(fault)}`,
  },
};

const lostEn: Record<How, (variable: string | null) => string> = {
  removed: variable => (variable === null ? 'lost: what held the last pointer to it was taken away' : `lost: \`${variable}\`, or what it leads to, held the last pointer to it, which was taken out`),
  overwritten: variable => (variable === null ? 'lost: the last pointer to it was overwritten' : `lost: \`${variable}\`, or what it leads to, held the last pointer to it, which was overwritten`),
  scope: variable => (variable === null ? 'lost: the last value that held it ended' : `lost: \`${variable}\` held the last pointer to it and went out of scope`),
  freed: variable => `lost: the block that held the last pointer to it${variable === null ? '' : `, reached by \`${variable}\`,`} was freed`,
  reset: variable => `lost: the region that held the last pointer to it${variable === null ? '' : `, reached by \`${variable}\`,`} was reset or released it`,
  dropped: () => 'lost: nothing kept the pointer to it',
};

const lostZh: Record<How, (variable: string | null) => string> = {
  removed: variable => `丢失：${variable === null ? '' : `\`${variable}\` 所持有的`}最后一个指针被取出`,
  overwritten: variable => `丢失：${variable === null ? '' : `\`${variable}\` 所持有的`}最后一个指针被覆盖`,
  scope: variable => `丢失：${variable === null ? '持有它的值' : `持有最后一个指针的 \`${variable}\``}离开了作用域`,
  freed: variable => `丢失：${variable === null ? '' : `经由 \`${variable}\` 到达的、`}持有最后一个指针的块被释放`,
  reset: variable => `丢失：${variable === null ? '' : `经由 \`${variable}\` 到达的、`}持有最后一个指针的区域被重置`,
  dropped: () => '丢失：没有保留指向它的指针',
};

function whereEn({ address, block }: Fault): string {
  if (block === null) return ` at address ${address}`;
  const at = address - block.address;
  const size = `a block of ${block.size} bytes${block.state === 'live' ? '' : ` (${block.state})`}`;
  return at < 0 ? `, ${-at} before ${size}` : at >= block.size ? `, ${at - block.size} after the end of ${size}` : `, at byte ${at} of ${size}`;
}

function whereZh({ address, block }: Fault): string {
  if (block === null) return `，地址 ${address}`;
  const at = address - block.address;
  const size = `大小为 ${block.size} 字节的块`;
  return at < 0 ? `，位于${size}之前 ${-at} 字节` : at >= block.size ? `，位于${size}末尾之后 ${at - block.size} 字节` : `，位于${size}的第 ${at} 字节`;
}

/** `again`: what follows `altru viz` to see the same run, where there is a way to. */
export function renderTrap(machine: Machine, report: RunReport, shared: Shared, again: string | null = null): string {
  const { stop } = report;
  // Without a trap the stop is a finding that was told when it came.
  if (stop === null || machine.trap === null || stop.kind === 'panic') return leaksText(machine, report, shared.language, again);
  return renderStop(machine, stop, machine.trap.fault, shared, again);
}

/** One stop, or one finding after which the run goes on. */
export function renderStop(machine: Machine, stop: ReportStop, fault: Fault | null, { language }: Shared, again: string | null): string {
  const word = words[language];
  const said = recordOf(stop.code) === undefined ? stop.message : wordsOf(stop.code, language);
  const lines = [`${stop.kind} [${stop.code}]: ${said}`, ...sourceText(machine, stop.at, fault === null ? '' : word.access(fault))];
  if (fault?.block != null) lines.push(...drawing(fault));
  lines.push(...stackText(fault === null ? word.stack : word.touched, stop.stack));
  if (stop.region !== undefined) lines.push(...stackText(word.region, stop.region.stack));
  if (stop.born !== null) lines.push(...stackText(word.born, stop.born.stack));
  if (stop.died !== null) lines.push(...stackText(word.died, stop.died.stack));
  lines.push(...valuesText(stop.frames, language), ...shadowText(stop.shadow, language));
  const record = recordOf(stop.code);
  if (record !== undefined) lines.push(`  ${word.why}: ${record.why[language]}`);
  lines.push(...nextText(stop.code, word, language));
  if (fault !== null && again !== null) lines.push(`  ${word.look}: altru viz --at fault ${again}`);
  lines.push(`  ${word.explain}: altru explain ${stop.code}`);
  return `${lines.join('\n')}\n`;
}

function nextText(code: string, word: Words, language: Language): string[] {
  const next = nextStep(code);
  return next === undefined ? [] : [`  ${word.next}: ${next[language]}`];
}

const wordsOf = (code: string, language: Language): string => messageOf(problem(code, { file: 0 as FileId, start: 0, end: 0 }), language);

/** The line of the user's source with a mark below it, when its text is at hand. */
function sourceText(machine: Machine, at: { readonly file: string; readonly line: number; readonly column: number }, label: string): string[] {
  const text = machine.program.sources.find(source => source.path === at.file)?.text?.split('\n')[at.line - 1];
  const head = `  --> ${at.file}:${at.line}:${at.column}`;
  if (text === undefined || text.length > 300) return label === '' ? [head] : [head, `      ${label}`];
  const gutter = ' '.repeat(String(at.line).length);
  return [head, `${gutter} |`, `${at.line} | ${text}`, `${gutter} | ${' '.repeat(Math.max(0, at.column - 1))}^ ${label}`.trimEnd(), `${gutter} |`];
}

/** One step of the run: its line, and the calls that led there. */
export function stepText(machine: Machine, stack: readonly StackEntry[]): string {
  const at = stack.find(entry => !entry.std && entry.line > 0) ?? stack[0];
  return at === undefined ? '' : [...sourceText(machine, at, ''), ...stackText('in', stack)].join('\n');
}

/** The block as a row of cells, the touched bytes marked: ` ....[==========XX]..`. At most 48 cells; then a cell is several bytes. */
function drawing({ address, size, block }: Fault): string[] {
  if (block === null || block.size === 0) return [];
  const from = address - block.address;
  const to = from + Math.max(1, size);
  if (from < -64 || to > block.size + 64) return [];
  const low = Math.min(0, from);
  const high = Math.max(block.size, to);
  const scale = Math.max(1, Math.ceil((high - low) / 48));
  let cells = '';
  for (let at = low; at < high; at += scale) {
    if (at <= 0 && at + scale > 0) cells += '[';
    const bad = at < to && at + scale > from;
    cells += bad ? 'X' : at >= 0 && at < block.size ? (block.state === 'live' ? '=' : '-') : '.';
    if (at < block.size && at + scale >= block.size) cells += ']';
  }
  return [`      ${cells}  ${scale === 1 ? '' : `${scale} bytes a cell; `}X ${from}..${to} of 0..${block.size}${block.number === 0 || block.sort === 'slot' || block.sort === 'static' ? '' : `, ${blockId(block.number, block.address, block.ordinal)}`}`];
}

/** All that is lost; beside it, in one line each, what is there on purpose. Nothing when nothing is lost. */
function leaksText(machine: Machine, { leaks }: RunReport, language: Language, again: string | null): string {
  const lost = leaks.filter(isFailure).map(leak => leakText(leak, machine, language));
  if (lost.length === 0) return '';
  const word = words[language];
  const intended = leaks.filter(({ kind }) => kind === 'intended').map(({ bytes, blocks, allocated }) => `${word.leak(bytes, blocks)}: ${word.kinds.intended}${isEvent(allocated) ? ` (${allocated.file}:${allocated.line}:${allocated.column})` : ''}\n`);
  const hints = [...nextText('R4040', word, language), ...(again === null ? [] : [`  ${word.look}: altru viz --at end ${again}`]), `  ${word.explain}: altru explain R4040`];
  lost.push(`${(lost.pop() ?? '').trimEnd()}\n${hints.join('\n')}\n`);
  return [...lost, ...(intended.length === 0 ? [] : [intended.join('')])].join('\n');
}

/** One group of lost blocks, with the call stack that allocated them. */
function leakText(leak: ReportLeak, machine: Machine, language: Language): string {
  const word = words[language];
  const event = isEvent(leak.allocated) ? leak.allocated : null;
  const lines = [`leak [R4040]: ${wordsOf('R4040', language)}: ${word.leak(leak.bytes, leak.blocks)} (${leak.kind}: ${word.kinds[leak.kind]})`];
  if (event !== null) lines.push(...sourceText(machine, event, ''), ...stackText(word.born, event.stack));
  const { lost, ring } = leak;
  if (ring !== undefined) lines.push(`  ${word.ring}`, ...ring.map((place, i) => `      ${i === 0 ? '┌→' : '│ '} ${place.stack[0]?.function ?? ''}  ${place.file}:${place.line}:${place.column}`), `      └─ ${word.back}`);
  if (lost !== null) lines.push(`  ${word.lost(lost.how, lost.variable)}`, ...sourceText(machine, lost, ''));
  return `${lines.join('\n')}\n`;
}

function isEvent(event: ReportLeak['allocated']): event is ReportEvent {
  return 'stack' in event;
}

/** A stack, innermost first, without the library's own frames around the user's, and without a long middle. */
function stackText(title: string, stack: readonly ReportFrame[]): string[] {
  const own = stack.filter(frame => !frame.file.startsWith('std/') && frame.file !== '?' && frame.function !== 'start');
  const frames = own.length === 0 ? stack : own;
  const text = (frame: ReportFrame): string => `      ${frame.function}  ${frame.file}:${frame.line}:${frame.column}`;
  const shown = frames.length > 16 ? [...frames.slice(0, 10).map(text), `      … ${frames.length - 14} …`, ...frames.slice(-4).map(text)] : frames.map(text);
  return [`  ${title}`, ...shown];
}

export type { ReportEvent };
