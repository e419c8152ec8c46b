/** What a session says, in English and Chinese. Problems and reports have their words in `lib/report`. */
import type { Language } from '../../lib/index.ts';
import type { BlockStanding, Ownership } from '../../vm/index.ts';

export interface Words {
  readonly hello: string;
  readonly resumed: (n: number) => string;
  readonly blocks: (n: number) => string;
  readonly peak: string;
  readonly search: string;
  readonly noVariables: string;
  readonly noBlocks: string;
  readonly noLeaks: string;
  readonly noPost: string;
  readonly noCode: (name: string) => string;
  readonly noSession: string;
  readonly ownership: Readonly<Record<Ownership, string>>;
  readonly standing: Readonly<Record<BlockStanding, string>>;
  readonly figures: Readonly<Record<'allocator' | 'current' | 'peak' | 'allocated' | 'freed' | 'overhead' | 'quarantine' | 'fragmentation', string>>;
  readonly waits: string;
  readonly interrupted: string;
  readonly asBefore: string;
  readonly ended: (exit: number) => string;
  readonly hintPost: string;
  readonly noCommand: (name: string, near: string | null) => string;
  readonly needs: (what: string) => string;
  readonly undone: (text: string) => string;
  readonly nothingToUndo: string;
  readonly nothingToRedo: string;
  readonly wasReset: string;
  readonly loaded: (file: string) => string;
  readonly saved: (file: string) => string;
  readonly cannotRead: (file: string, why: string) => string;
  readonly cannotWrite: (file: string, why: string) => string;
  readonly times: (check: string, emit: string, run: string) => string;
  readonly fault: (message: string) => string;
  readonly leaving: string;
  readonly help: Readonly<Record<string, string>>;
  readonly keys: string;
}

export const words: Record<Language, Words> = {
  en: {
    hello: 'type a definition, a statement or an expression; :help for commands, Ctrl-D to leave',
    resumed: n => `${n} ${n === 1 ? 'entry' : 'entries'} of the last session ran again`,
    blocks: n => `${n} ${n === 1 ? 'block' : 'blocks'}`,
    peak: 'peak',
    search: 'search',
    noVariables: 'no variables',
    noBlocks: 'no blocks on the heap',
    noLeaks: 'no leaks: every block can be reached',
    noPost: 'nothing has stopped yet',
    noCode: name => `no code of ${name}: code is made of what a line calls`,
    noSession: 'no session was saved',
    ownership: { owner: 'owner', plain: 'value', shared: 'shared', exclusive: 'exclusive', raw: 'raw pointer', moved: 'moved', uninitialised: 'uninitialised' },
    standing: { live: 'live', leaked: 'leaked', quarantined: 'freed (quarantine)', freed: 'freed', reset: 'reset', released: 'released', dropped: 'dropped' },
    figures: { allocator: 'allocator', current: 'in use', peak: 'peak', allocated: 'allocated in all', freed: 'freed in all', overhead: 'overhead', quarantine: 'quarantine', fragmentation: 'fragmentation' },
    waits: 'accepted: its type is not known yet, so it waits for a line that tells it (:undo takes it back)',
    interrupted: 'interrupted',
    asBefore: 'the session is as it was before the line',
    ended: exit => `the program ended itself with exit code ${exit}`,
    hintPost: ':post shows the moment it stopped',
    noCommand: (name, near) => `no command :${name}${near === null ? '' : `: did you mean :${near}?`} (:help lists them)`,
    needs: what => `it needs ${what}`,
    undone: text => `undone: ${text}`,
    nothingToUndo: 'nothing to undo',
    nothingToRedo: 'nothing to redo',
    wasReset: 'a new session',
    loaded: file => `loaded ${file}`,
    saved: file => `saved to ${file}`,
    cannotRead: (file, why) => `cannot read ${file}: ${why}`,
    cannotWrite: (file, why) => `cannot write ${file}: ${why}`,
    times: (check, emit, run) => `check ${check} ms, code ${emit} ms, run ${run} ms`,
    fault: message => `a fault in Altru itself, not in your line: ${message}. The session goes on.`,
    leaving: 'the variables of the session are dropped',
    help: {
      help: 'these lines', type: 'EXPR: its type, without running it', owners: 'variables: who owns, borrows, was moved', heap: 'the live blocks, what is in them, who leads there',
      blocks: 'every block, with where it was born', leaks: 'blocks that nothing leads to', stats: 'figures of the heap', viz: 'the session in the visualizer', undo: 'takes the last line back', redo: 'brings it again',
      reset: 'begins anew', load: 'FILE: its lines, as if typed', save: 'FILE: the session as a script', time: 'LINE: runs it and tells how long; alone: for every line', show: 'code|flow|tree [NAME]: what the compiler made',
      post: 'the moment of the last fault or panic', quit: 'leaves (Ctrl-D)',
    },
    keys: 'Tab completes · ↑ ↓ history · Ctrl-R searches it · Alt-Enter a new line · an empty line ends a block · Ctrl-C stops a line · Ctrl-L clears',
  },
  zh: {
    hello: '输入定义、语句或表达式；:help 列出命令，Ctrl-D 退出',
    resumed: n => `已重新运行上次会话的 ${n} 条输入`,
    blocks: n => `${n} 个块`,
    peak: '峰值',
    search: '搜索',
    noVariables: '没有变量',
    noBlocks: '堆上没有块',
    noLeaks: '没有泄漏：每个块都可到达',
    noPost: '还没有发生过停止',
    noCode: name => `没有 ${name} 的代码：只为被调用的函数生成代码`,
    noSession: '没有保存过的会话',
    ownership: { owner: '所有者', plain: '值', shared: '共享借用', exclusive: '独占借用', raw: '裸指针', moved: '已移动', uninitialised: '未初始化' },
    standing: { live: '存活', leaked: '泄漏', quarantined: '已释放（隔离）', freed: '已释放', reset: '已重置', released: '已归还', dropped: '已丢弃' },
    figures: { allocator: '分配器', current: '使用中', peak: '峰值', allocated: '累计分配', freed: '累计释放', overhead: '额外开销', quarantine: '隔离区', fragmentation: '碎片率' },
    waits: '已接受：类型尚未确定，等待后面的输入来确定（:undo 可撤销）',
    interrupted: '已中断',
    asBefore: '会话保持这一行之前的状态',
    ended: exit => `程序自行结束，退出码 ${exit}`,
    hintPost: ':post 显示停止的那一刻',
    noCommand: (name, near) => `没有命令 :${name}${near === null ? '' : `：是否想输入 :${near}？`}（:help 列出全部）`,
    needs: what => `需要 ${what}`,
    undone: text => `已撤销：${text}`,
    nothingToUndo: '没有可撤销的输入',
    nothingToRedo: '没有可重做的输入',
    wasReset: '新的会话',
    loaded: file => `已载入 ${file}`,
    saved: file => `已保存到 ${file}`,
    cannotRead: (file, why) => `无法读取 ${file}：${why}`,
    cannotWrite: (file, why) => `无法写入 ${file}：${why}`,
    times: (check, emit, run) => `检查 ${check} 毫秒，生成代码 ${emit} 毫秒，运行 ${run} 毫秒`,
    fault: message => `Altru 自身的故障，不是您的输入的问题：${message}。会话继续。`,
    leaving: '会话的变量正在被丢弃',
    help: {
      help: '本帮助', type: '表达式：只求类型，不运行', owners: '变量：谁拥有、谁借用、谁已移动', heap: '存活的块、内容及指向它的变量',
      blocks: '所有的块及其诞生处', leaks: '没有任何东西指向的块', stats: '堆的统计数字', viz: '在可视化界面中打开会话', undo: '撤销上一条输入', redo: '重做',
      reset: '重新开始', load: '文件：逐行载入', save: '文件：把会话存为脚本', time: '输入：运行并计时；单独使用：对每条输入计时', show: 'code|flow|tree [名称]：编译器的产物',
      post: '上次故障或恐慌的那一刻', quit: '退出（Ctrl-D）',
    },
    keys: 'Tab 补全 · ↑ ↓ 历史 · Ctrl-R 搜索 · Alt-Enter 换行 · 空行结束代码块 · Ctrl-C 停止运行 · Ctrl-L 清屏',
  },
};
