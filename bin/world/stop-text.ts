/**
 * Parts of the report of a stop for people: what the variables held, the shadow around the address in words, and what the run with `--halt-on` or `--suppress` has to
 * say at its end. In: a stop as data. Out: lines, in English or Chinese.
 */
import type { Language } from '../../lib/index.ts';
import type { ShadowMeaning, StopVariable } from '../../vm/index.ts';
import type { ReportShadow, ReportValues, RunReport } from './run-report.ts';

type Both = Readonly<Record<Language, string>>;

const words = {
  values: { en: 'values', zh: '变量的值' },
  moved: { en: 'moved', zh: '已移走' },
  uninitialised: { en: 'uninitialised', zh: '未初始化' },
  shadow: { en: 'shadow: one byte for 8 of memory, the one of the address in [ ]', zh: '影子内存：每个字节代表 8 字节内存，方括号内是该地址的' },
} as const satisfies Record<string, Both>;

const meanings: Record<ShadowMeaning, Both> = {
  open: { en: 'all 8 bytes may be touched', zh: '8 个字节都可访问' },
  'partly-open': { en: 'only the first 1 to 7 bytes may be touched', zh: '只有前 1 到 7 个字节可访问' },
  'red-zone': { en: 'red zone around blocks, or free memory of the heap', zh: '块周围的红区，或堆的空闲内存' },
  freed: { en: 'freed', zh: '已释放' },
  poisoned: { en: 'held by an arena, a pool or an allocator, and not handed out', zh: '由 arena、对象池或分配器持有，尚未交出' },
  'between-locals': { en: 'between local variables', zh: '局部变量之间' },
  'after-return': { en: 'stack of a function that returned', zh: '已返回函数的栈' },
  'after-scope': { en: 'local variable after its scope', zh: '作用域已结束的局部变量' },
  'static-zone': { en: 'between statics', zh: '静态变量之间' },
  'dynamic-zone': { en: 'beside a block of `stack_alloc`', zh: '`stack_alloc` 的块旁边' },
  mixed: { en: 'some of the 8 bytes may be touched', zh: '8 个字节中有一些可访问' },
};

/** Calls of each end that are shown, and columns of a line. */
const INNER = 6;
const OUTER = 2;
const WIDTH = 112;

export function valuesText(frames: readonly ReportValues[], language: Language): string[] {
  const told = frames.filter(({ variables }) => variables.length > 0);
  if (told.length === 0) return [];
  const text = (frame: ReportValues): string[] => wrapped(`      ${frame.function}  `, [...frame.variables.map(each => variableText(each, language)), ...(frame.more === undefined ? [] : [`… ${frame.more}`])]);
  const shown = told.length > INNER + OUTER ? [...told.slice(0, INNER).flatMap(text), '      …', ...told.slice(-OUTER).flatMap(text)] : told.flatMap(text);
  return [`  ${words.values[language]}`, ...shown];
}

/** Arrows are told by their numbers: a build writes other letters than those of ASCII only into texts. */
export function variableText({ name, type, value, state }: StopVariable, language: Language): string {
  if (state !== 'held') return `${name}: ${type} ${words[state][language]}`;
  return `${name}: ${type}${/^[\u2192\u21e2]/.test(value) ? ' ' : ' = '}${value}`;
}

/** Items in one line, or below each other where they do not fit. */
function wrapped(head: string, items: readonly string[]): string[] {
  const lines = [head];
  items.forEach((item, i) => {
    const piece = `${item}${i < items.length - 1 ? ',' : ''}`;
    const last = lines[lines.length - 1] ?? '';
    const begins = last.trimEnd() === head.trimEnd() || last.trim() === '';
    if (!begins && last.length + 1 + piece.length > WIDTH) lines.push(`          ${piece}`);
    else lines[lines.length - 1] = begins ? `${last}${piece}` : `${last} ${piece}`;
  });
  return lines;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export function shadowText(shadow: ReportShadow | undefined, language: Language): string[] {
  if (shadow === undefined) return [];
  const rows = shadow.rows.map(({ address, bytes }, row) => {
    const cells = bytes.map((byte, column) => `${row === shadow.row && column === shadow.column ? '[' : row === shadow.row && column === shadow.column + 1 ? ']' : ' '}${hex(byte, 2)}`).join('');
    return `  ${row === shadow.row ? '=>' : '  '}  0x${hex(address, 8)} ${cells}${row === shadow.row && shadow.column === bytes.length - 1 ? ']' : ''}`;
  });
  const legend = shadow.legend.map(({ code, means }) => `      ${means === 'partly-open' ? '01…07' : `${hex(code, 2)}   `}  ${meanings[means][language]}`);
  return [`  ${words.shadow[language]}`, ...rows, ...legend];
}

/** What a run that went on after findings, or left some out, says at its end. */
export function endText({ findings, suppressed, idle }: RunReport, language: Language): string {
  const zh = language === 'zh';
  const lines: string[] = [];
  if (findings.length > 0) {
    const codes = [...new Set(findings.map(({ code }) => code))].map(code => `${code} ×${findings.filter(each => each.code === code).length}`).join(', ');
    lines.push(zh ? `共发现 ${findings.length} 处：${codes}` : `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}: ${codes}`);
  }
  if (suppressed.length > 0) lines.push(`${zh ? '已抑制：' : 'suppressed: '}${suppressed.map(({ suppression, count }) => `${suppression} ×${count}`).join(', ')}`);
  if (idle.length > 0) lines.push(zh ? `从未匹配的抑制规则：${idle.join(', ')}` : `${idle.length === 1 ? 'this suppression' : 'these suppressions'} never matched: ${idle.join(', ')}`);
  return lines.map(line => `${line}\n`).join('');
}
