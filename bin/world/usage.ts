/**
 * What is said of a wrong use of the command line, in the language of the user: texts stand beside their translations, `'…'` in them is what was typed
 * or is to be typed. In: a text in English. Out: a line on standard error, and the exit code 2. `speak` is told the language once, at the start.
 */
import type { Language } from '../../lib/index.ts';

let language: Language = 'en';
export function speak(chosen: Language): void {
  language = chosen;
}

const sentences: readonly (readonly [en: string, zh: string])[] = [
  ["no command '…': did you mean '…'?", "没有命令 '…'：是不是 '…'？"],
  ["no command '…'", "没有命令 '…'"],
  ["unknown option '…': did you mean '…'?", "未知的选项 '…'：是不是 '…'？"],
  ["unknown option '…'", "未知的选项 '…'"],
  ["option '…' takes no value", "选项 '…' 不带值"],
  ["option '…' needs a value", "选项 '…' 需要一个值"],
  ["'…' needs a file", "'…' 需要一个文件"],
  ["'…' needs a name", "'…' 需要一个名字"],
  ["'…' needs one folder", "'…' 需要一个文件夹"],
  ["'…' needs two profiles", "'…' 需要两个剖析结果"],
  ["'…' needs a file or a folder", "'…' 需要文件或文件夹"],
  ["'…' needs tree, flow, code or size, and a file", "'…' 需要 tree、flow、code 或 size，以及一个文件"],
  ["'…' is for '…'", "'…' 只用于 '…'"],
  ["'…' exists already", "'…' 已经存在"],
  ["'…' is no folder", "'…' 不是文件夹"],
  ["there is no folder '…'", "没有文件夹 '…'"],
  ["'…' cannot be read", "读不了 '…'"],
  ["cannot read '…'", "读不了 '…'"],
  ["cannot write '…'", "写不了 '…'"],
  ["cannot write: …", "写不了：…"],
  ["'…' cannot be run: …", "'…' 不能运行：…"],
  ["'…' is no profile that '…' wrote", "'…' 不是 '…' 写出的剖析结果"],
  ["no problem '…' ('…' lists them)", "没有问题代码 '…'（'…' 列出全部）"],
  ["no problem '…': did you mean '…'? ('…' lists them)", "没有问题代码 '…'：是不是 '…'？（'…' 列出全部）"],
  ['the book cannot be written over its own source: give another folder with -o', '书不能写在它自己的源文件上：请用 -o 给出另一个文件夹'],
  ['a film is at least 60 columns wide', '动画至少 60 列宽'],
  ["'…' takes a number such as 1000 or 64MiB, not '…'", "'…' 需要 1000 或 64MiB 这样的数字，而不是 '…'"],
  ["'…' takes a number from 1, not '…'", "'…' 需要从 1 起的数字，而不是 '…'"],
  ["'…' takes a number from 1, or all, not '…'", "'…' 需要从 1 起的数字，或者 all，而不是 '…'"],
  ["'…' takes a number from 1", "'…' 需要从 1 起的数字"],
  ["'…' takes a number of blocks", "'…' 需要块的个数"],
  ["'…' takes a number from … to …", "'…' 需要 … 到 … 的数字"],
  ["'…' takes a number of rows from … to …", "'…' 需要 … 到 … 的行数"],
  ["'…' takes a step", "'…' 需要一个步数"],
  ["'…' takes two moments, such as 1000..5000 or 20%..80%", "'…' 需要两个时刻，如 1000..5000 或 20%..80%"],
  ["'…' takes a line (12, or 12x3 for the third time), step:40, fault or end, not '…'", "'…' 需要行号（12，或 12x3 表示第三次）、step:40、fault 或 end，而不是 '…'"],
  ["'…' takes a file that ends in .svg, .txt, .json or .html, or .gif or .cast for a film, not '…'", "'…' 需要以 .svg、.txt、.json 或 .html 结尾的文件，动画用 .gif 或 .cast，而不是 '…'"],
  ["'…' takes first, never or a number from 1, not '…'", "'…' 可以是 first、never 或从 1 起的数字，而不是 '…'"],
  ["'…' takes a code such as R4004:name, or a file of them, not '…'", "'…' 需要 R4004:name 这样的代码，或写有它们的文件，而不是 '…'"],
  ["line … of '…' is no suppression: a code such as R4004, and the name of a function", "第 … 行（'…'）不是抑制规则：应是 R4004 这样的代码，加上函数名"],
  ["'…' takes …, … or …", "'…' 可以是 …、… 或 …"],
  ["'…' takes …, …, … or …", "'…' 可以是 …、…、… 或 …"],
  ["'…' takes … or …", "'…' 可以是 … 或 …"],
  ["Try '…'.", "试试 '…'。"],
];

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The text in the language of the user; one that has no translation as it is. */
export function spoken(text: string): string {
  if (language === 'en') return text;
  for (const [en, zh] of sentences) {
    const found = new RegExp(`^${en.split('…').map(escape).join('([^]*?)')}$`).exec(text);
    if (found === null) continue;
    let at = 0;
    return zh.replace(/\u2026/g, () => found[++at] ?? '');
  }
  return text;
}

export function wrongUse(text: string): 2 {
  process.stderr.write(`altru: ${spoken(text)}\n`);
  return 2;
}
