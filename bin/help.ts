/**
 * Help for the command line: `altru --help`, and `--help` of each command with its options and examples. In: a command. Out: text, in English or Chinese,
 * side by side in one table. A spec sees to it that each option that a command takes stands here, and that the examples run.
 */
import type { Language } from '../lib/index.ts';
import { commands, type Command } from './commands.ts';
import { version } from './world/version.ts';

type Both = readonly [en: string, zh: string];

interface Page {
  readonly summary: Both;
  readonly options: Readonly<Record<string, Both>>;
  readonly examples: readonly string[];
}

const release: Both = ['no checks of memory, compiled to WebAssembly where it is hot', '不检查内存，热点编译成 WebAssembly'];
const heapSize: Both = ['limit of the heap, such as 64MiB', '堆的上限，如 64MiB'];
const seed: Both = ['seed of what is random: hash maps, addresses', '随机数的种子：哈希表、地址'];
const allocator: Both = ['how the heap is managed', '堆的管理方式'];
const input: Both = ['what the program reads from standard input', '程序从标准输入读到的内容'];
const out: Both = ['where to write it', '写到哪里'];

export const pages: Readonly<Record<string, Page>> = {
  run: {
    summary: ['check a program and run it', '检查并运行程序'],
    options: {
      '--release': release, '--unchecked': ['in release, without checks of bounds and null too', '发布方式下也不检查越界和空指针'], '--overflow-checks': ['in release, with checks of overflow', '发布方式下检查溢出'],
      '--engine auto|interpreter|eager': ['interpret; compile what is hot; compile all at once', '自动、只解释、全部立即编译'],
      '--fuel N': ['stop after so many branches and calls, with exit code 124', '执行这么多次分支和调用后停止，退出码 124'], '--heap SIZE': heapSize, '--stack SIZE': ['limit of the stack', '栈的上限'], '--seed N': seed, '--allocator slab|buddy|tlsf|bump': allocator,
      '--quarantine SIZE': ['how much freed memory is kept back to find its use', '隔离区大小：保留多少已释放的内存以发现误用'], '--fail-alloc K': ['the K-th allocation fails', '第 K 次分配失败'],
      '--halt-on first|never|N': ['at which finding of the memory the run ends; else it goes on where it can', '发现第几处内存错误时结束，之前尽可能继续运行'],
      '--suppress FILE|CODE[:FUNCTION]': ['let such findings and leaks pass; again for more, * is any letters', '忽略这样的发现和泄漏；可重复给出，* 代表任意字母'],
      '--shadow': ['reports show the shadow bytes around the address', '报告中显示该地址周围的影子字节'],
      '--report FILE': ['write how it ended, findings, leaks and figures as JSON', '把结果、发现、泄漏和统计写成 JSON'], '--raw': ["the program's terminal escapes reach the terminal", '程序输出的终端控制字符原样送到终端'],
    },
    examples: ['altru run samples/tour.altru', 'altru run --release samples/bench/nbody.altru 1000', "echo 'println(1 + 2)' | altru run -"],
  },
  repl: {
    summary: ['a session, line by line (altru alone at a terminal)', '逐行的会话（终端中只打 altru 也是）'],
    options: { '--resume': ['run the last session again, quietly, and go on', '安静地重新运行上次的会话，然后继续'], '--no-heap': ['without the line of figures', '不显示堆的数字'] },
    examples: ['altru', 'altru repl --resume', "echo '1 + 2' | altru repl"],
  },
  check: {
    summary: ['report problems, run nothing', '报告问题，不运行'],
    options: { '--json': ['problems as JSON, for tools', '以 JSON 输出问题，供工具使用'] },
    examples: ['altru check samples/tour.altru', 'altru check --json samples/tour.altru'],
  },
  viz: {
    summary: ['watch the heap as a picture, forwards and backwards in time', '以图画观察堆，可前进也可后退'],
    options: {
      '--at STEP|fault|end': ['begin at this step, or where the run stops', '从这一步开始，或从运行停止处开始'], '--input FILE': input, '--beside': ['the same program under a second allocator beside it', '旁边显示另一种分配器下的同一程序'], '--calm': ['nothing moves on its own', '没有自动的动画'], '--screen-reader': ['sentences instead of a picture', '用句子代替图画'],
      '--light, --dark': ['colours for a light or a dark terminal', '浅色或深色终端的配色'], '--release': release, '--heap SIZE': heapSize, '--seed N': seed, '--allocator slab|buddy|tlsf|bump': allocator, '--quarantine SIZE': ['how much freed memory is kept back', '隔离区大小'],
    },
    examples: ['altru viz samples/watch/01-list-reversal.altru', 'altru viz --allocator buddy samples/watch/03-fragmentation.altru'],
  },
  top: { summary: ['the same, already running', '同上，一开始就在运行'], options: {}, examples: ['altru top samples/life.altru'] },
  picture: {
    summary: ['draw the heap at a moment of a run as svg, txt, json or html, or film it as gif', '把某一时刻的堆画成 svg、txt、json 或 html，或做成 gif 动画'],
    options: {
      '--at LINE|step:N|fault|end': ['the moment; 12x3 is the third time of line 12', '时刻；12x3 表示第 12 行的第三次'], '--when CONDITION': ['only when it holds', '只在条件成立时'], '-o, --output FILE': out, '--theme light|dark': ['colours', '配色'], '--width N': ['columns', '列数'], '--height N': ['rows of a film', '动画的行数'],
      '--from STEP': ['where a film begins', '动画从哪一步开始'], '--most N': ['at most so many blocks', '最多画多少个块'], '--no-ghosts': ['without freed blocks', '不画已释放的块'], '--no-strip': ['without the strip of the heap', '不画堆的长条'], '--library': ['with the frames of the library', '也画标准库的栈帧'],
      '--input FILE': input, '--release': release, '--heap SIZE': heapSize, '--allocator slab|buddy|tlsf|bump': allocator,
    },
    examples: ['altru picture samples/watch/01-list-reversal.altru --at end', 'altru picture samples/watch/06-use-after-free.altru --at fault -o fault.svg'],
  },
  book: { summary: ['put drawings into a folder of Markdown', '把图画放进 Markdown 文件夹'], options: { '-o, --output DIR': out }, examples: ['altru book samples/book -o out'] },
  heap: {
    summary: ['profile the heap: who allocates what, the peak, lifetimes', '剖析堆：谁分配了什么、峰值、存活时间'],
    options: {
      '--json': ['the profile as JSON', '以 JSON 输出'], '--quick': ['only what costs little to find', '只要容易得到的'], '--diff': ['compare two profiles', '比较两个剖析结果'], '--between A..B': ['what was allocated between and is still there', '两个时刻之间分配且仍存活的'], '--top N': ['so many rows', '显示多少行'], '--svg FILE': ['a flame graph', '火焰图'],
      '--export speedscope|pprof|dhat': ['for another viewer', '导出给其他查看器'], '-o FILE': out, '--fuel N': ['stop after so many branches and calls', '执行这么多次分支和调用后停止'], '--heap SIZE': heapSize, '--seed N': seed, '--allocator slab|buddy|tlsf|bump': allocator,
    },
    examples: ['altru heap samples/tour.altru', 'altru heap --json samples/tour.altru'],
  },
  test: {
    summary: ['run the functions marked @test', '运行标有 @test 的函数'],
    options: {
      '--filter WORDS': ['only tests with these in their name', '只运行名字含有它的测试'], '--exact': ['the whole name', '名字要完全一致'], '--ignored': ['those marked @ignore too', '也运行标有 @ignore 的'], '--list': ['only say which there are', '只列出'], '--stats': ['allocations and peak of each', '每个测试的分配次数和峰值'],
      '--format pretty|tap|junit': ['how it is told', '输出格式'], '--jobs N': ['so many at once', '同时运行多少个'], '--fail-alloc K|all': ['the K-th allocation fails; or each in turn', '第 K 次分配失败；或逐一失败'], '--release': release,
    },
    examples: ['altru test program.altru', 'altru test --filter parse --stats program.altru', 'altru test --fail-alloc all program.altru'],
  },
  fmt: { summary: ['print or write the canonical form', '打印或写回规范格式'], options: { '--check': ['only say whether it would change', '只说是否会改变'] }, examples: ['altru fmt samples/tour.altru', 'altru fmt --check samples/tour.altru'] },
  build: {
    summary: ['compile to a file of code that runs anywhere', '编译成到处可运行的代码文件'],
    options: { '-o FILE': out, '--release': release, '--unchecked': ['without checks of bounds and null too', '也不检查越界和空指针'] },
    examples: ['altru build --release samples/tour.altru -o tour.altc', 'altru run tour.altc'],
  },
  show: { summary: ['show a shape of a program, or how large its code is', '显示程序的某种形态，或代码的大小'], options: { '--release': release, '--json': ['sizes as JSON', '以 JSON 输出大小'] }, examples: ['altru show flow samples/tour.altru main', 'altru show code samples/tour.altru'] },
  explain: { summary: ['explain a problem, with a wrong and a right program', '解释一个问题，附错误和正确的程序'], options: {}, examples: ['altru explain E0382', 'altru explain all'] },
  new: { summary: ['make a new program', '新建一个程序'], options: {}, examples: ['altru new first'] },
};

const words = {
  en: { usage: 'usage', options: 'options', examples: 'examples', commands: 'commands', all: 'options for every command', title: 'manual memory management, proven safe, watched to the byte, drawn as a picture', session: "a session, line by line (the same as 'altru repl')", file: "check a program and run it (the same as 'altru run FILE')", language: "language of messages (else the locale's)", short: "one line a problem with 'short'", more: "'altru COMMAND --help' tells a command's options." },
  zh: { usage: '用法', options: '选项', examples: '例子', commands: '命令', all: '所有命令共有的选项', title: '手动管理内存，编译时证明安全，运行时逐字节监视，画成图画', session: "逐行的会话（同 'altru repl'）", file: "检查并运行程序（同 'altru run FILE'）", language: '消息的语言（默认按系统区域设置）', short: "'short' 时一个问题一行", more: "'altru COMMAND --help' 显示一个命令的选项。" },
} as const;

const pick = (text: Both, language: Language): string => text[language === 'zh' ? 1 : 0];

export function help(language: Language): string {
  const word = words[language];
  return `Altru ${version}: ${word.title}

${word.usage}: altru                         ${word.session}
       altru FILE [args…]            ${word.file}
       altru COMMAND [options] …

${word.commands}:
${commands.map(c => `  ${`${c.name} ${c.usage}`.padEnd(38)} ${pick(pages[c.name]?.summary ?? ['', ''], language)}`).join('\n')}

${word.all}:
  --lang en|zh            ${word.language}
  --color auto|always|never
  --messages full|short   ${word.short}
  --version, --help

${word.examples}:
  altru samples/tour.altru
  altru run --release samples/bench/nbody.altru 1000
  altru check --json program.altru
  echo 'println("hello")' | altru -
  altru explain E0382

${word.more}
`;
}

export function helpFor({ name, usage }: Command, language: Language): string {
  const word = words[language];
  const page = pages[name];
  const options = Object.entries({ ...(name === 'top' ? pages['viz']?.options : page?.options) });
  const width = Math.min(34, Math.max(0, ...options.map(([option]) => option.length)));
  const lines = options.map(([option, text]) => (option.length > width ? `  ${option}\n  ${' '.repeat(width)}  ${pick(text, language)}` : `  ${option.padEnd(width)}  ${pick(text, language)}`));
  return `${word.usage}: altru ${name} [options] ${usage}

${pick(page?.summary ?? ['', ''], language)}
${lines.length === 0 ? '' : `\n${word.options}:\n${lines.join('\n')}\n`}
${word.examples}:
${(page?.examples ?? []).map(example => `  ${example}`).join('\n')}
`;
}
