/** What the visualizer says, in Chinese, by what it says in English. Holes (`{0}`) are the same on both sides; a spec looks that nothing is missing and nothing is left over. */
export const chinese: Readonly<Record<string, string>> = {
  // Panes, and their headings.
  'source': '源码', 'stack': '调用栈', 'map': '堆图', 'heap': '堆', 'blocks': '块', 'inspector': '检视', 'statistics': '统计', 'output': '输出', 'problems': '问题',
  'line {0}': '第 {0} 行', 'lines {0}': '第 {0} 行', '{0}, {1} taken': '{0}，已占 {1}', 'of two allocators': '两个分配器',
  '1 call, {1} variables': '1 个调用，{1} 个变量', '{0} calls, {1} variables': '{0} 个调用，{1} 个变量',
  '{0} live, {1} shown': '{0} 个存活，显示 {1} 个', " for '{0}'": '，筛选“{0}”', ', {0} more': '，另有 {0} 个', ', by age': '，按年龄', ', by size': '，按大小',
  'waits for input: i': '等待输入：i',

  // Head and foot.
  'stopped: e': '已停止：e', 'finished': '已结束', '▶ playing': '▶ 播放', '◀ backwards': '◀ 倒放', 'paused': '暂停', 'step {0}': '第 {0} 步', 'step {0} of {1}': '第 {0} 步，共 {1} 步', 'full speed': '全速', '? help': '? 帮助',
  'space': '空格', 'play': '播放', 'pause': '暂停', 'step': '单步', 'line': '行', 'choose': '选择', 'tab': 'tab', 'pane': '窗格', 'born, died': '诞生、消亡', 'try free': '试释放', 'go': '前往', 'filter': '筛选', 'speed': '速度', 'leave': '退出',
  'show blocks with (live leaked >100 line:12 Node): ': '显示哪些块（live leaked >100 line:12 Node）：',
  'go to step, line (:12), start, end or fault: ': '前往步、行（:12）、start、end 或 fault：',
  'input for the program: ': '给程序的输入：',
  'stop on line (empty: this one; 12; 12 when count > 3; again: no more): ': '在哪行停（空：本行；12；12 when count > 3；再来一次：取消）：',
  'stop when this changes (a variable, b3, b3+4, 0x1f00): ': '什么改变时停（变量、b3、b3+4、0x1f00）：',
  'save screen as (.txt .svg .gif .cast): ': '屏幕存为（.txt .svg .gif .cast）：',
  'Altru needs {0}×{1}, this is {2}×{3}. q leaves.': 'Altru 需要 {0}×{1}，现在是 {2}×{3}。按 q 退出。',
  'This pane failed, which is a fault in Altru and not in your program: {0}': '这个窗格出错了，这是 Altru 的错，不是你程序的错：{0}',

  // Cards.
  'help — any key closes': '帮助 — 按任意键关闭', 'the program was stopped': '程序被停下', 'the access': '访问处', 'birth': '诞生处', 'death': '消亡处', 'close': '关闭', 'stops': '停点',
  'none: ': '没有：', ' stops on a line, ': ' 在某行停，', ' when a value changes': ' 在值改变时停', 'a number takes that one away, ': '按数字取消那一个，', ' go to the next, the one before': ' 前往下一个、上一个',

  // The help.
  'time': '时间', 'things': '事物', 'screen': '屏幕', 'home end': 'home end', 'enter': '回车', 'escape': 'esc',
  'play, pause': '播放、暂停', 'play backwards': '倒放', 'next, previous statement': '下一条、上一条语句', 'next, previous line of this call': '本调用的下一行、上一行', 'into the next, previous call': '进入下一个、上一个调用',
  'out of this call, back to where it began': '离开本调用、回到它开始处', 'next, previous change of the heap': '堆的下一次、上一次变化', 'next, previous watch stop': '下一个、上一个观察点', 'start, end': '开头、结尾',
  'go to a step, a line (:12), the fault': '前往某步、某行（:12）、出错处', 'faster, slower': '快些、慢些', 'next pane, a pane by number': '下一个窗格、按号选窗格', 'choose a variable or block, scroll': '选变量或块、滚动',
  'from a variable to its block, from a block to its line': '从变量到它的块、从块到它的行', 'byte and row of bytes in the inspector': '检视中的字节、一排字节', 'choose nothing, no filter': '取消选择和筛选', 'to where the block was born, died': '到块的诞生处、消亡处',
  'to the last write of the byte, the next access': '到该字节的上次写入、下次访问', 'to where the variable last changed': '到变量上次改变处', 'what would free of this block do?': '释放这个块会怎样？', 'filter blocks': '筛选块', 'order blocks by address, age, size': '按地址、年龄、大小排列块',
  'closer, farther in the map': '堆图放大、缩小', 'the map of another allocator beside this one': '并排显示另一个分配器的堆图', 'breakpoint on a line, with a condition': '行断点，可带条件', 'stop when a variable or a byte changes': '变量或字节改变时停',
  'all stops; a number takes one away': '所有停点；按数字取消', 'on to the next stop': '前往下一个停点', 'back to the one before': '回到上一个停点', 'the error card': '错误卡片', 'give input to the program': '给程序输入',
  'save the screen as text or SVG, or record a GIF or an asciicast': '把屏幕存为文本或 SVG，或录成 GIF 或 asciicast', 'paint anew': '重画', 'to the shell; fg comes back': '回到 shell；fg 返回',

  // Ownership and what blocks are.
  'owns': '拥有', 'shared': '共享', 'exclusive': '独占', 'raw': '裸指针', 'moved away': '已移走', 'no value yet': '尚无值', 'dangling': '悬空', 'statics': '静态变量', 'before main': 'main 之前', 'no call is open': '没有进行中的调用',
  'live': '存活', 'leaked': '泄漏', 'quarantined': '隔离', 'freed': '已释放', 'reset': '已重置', 'released': '已归还', 'dropped': '已析构',
  'header': '头部', 'red zone': '红区', 'quarantine': '隔离', 'padding': '填充', 'free': '空闲', 'tables': '表', '1 byte a cell': '每格 1 字节', '{0} bytes a cell': '每格 {0} 字节', 'the program has taken no memory yet': '程序尚未取用内存',
  'block': '块', 'bytes': '字节', 'type': '类型', 'state': '状态', 'text': '文本', ' nothing was allocated yet': ' 尚未分配', " no block fits '{0}'": ' 没有块符合“{0}”',

  // The inspector.
  ' does not exist at this moment': ' 此刻不存在', ' to its birth, ': ' 到诞生处，', ' to its death': ' 到消亡处', 'choose a variable or a block with ': '在窗格中用 ', ' in its pane': ' 选择变量或块',
  'at {0}': '位于 {0}', 'in registers': '在寄存器中', 'nowhere': '无处', '1 byte': '1 字节', '{0} bytes': '{0} 字节', 'born ': '诞生 ', 'died ': '消亡 ', 'in': '于', 'inside ': '内含于 ', 'from ': '来自 ', 'text ': '文本 ', 'byte {0}: ': '字节 {0}：',
  'pause to see what wrote it': '暂停后可见是谁写的', 'nobody wrote it yet': '尚未写入', 'written on line {0} in {1}, step {2}': '在 {1} 第 {0} 行写入，第 {2} 步', '{0} more bytes': '还有 {0} 字节',
  'release code: where blocks were born and died, dead blocks, leaks and wrong uses are not recorded': 'release 代码：不记录块的诞生与消亡、已死的块、泄漏和错误使用',

  // Figures.
  'in use': '在用', 'peak': '峰值', 'overhead': '开销', 'holes': '空洞', 'from system': '取自系统', 'largest free': '最大空闲', 'failures': '失败', '{0} allocations, {1} frees': '{0} 次分配，{1} 次释放', ', {0} resized': '，{0} 次改大小', 'headers, padding, tables': '头部、填充、表',
  '; quarantine {0}': '；隔离 {0}', 'largest free piece {0} of {1}': '最大空闲块 {0}，共空闲 {1}', '{0} requests failed': '{0} 次请求失败', '{0} blocks, peak {1}': '{0} 个块，峰值 {1}',

  // Problems and output.
  'touched': '访问', 'born': '诞生', 'died': '消亡', '{0}, byte {1}': '{0}，第 {1} 字节', '{0} leaked': '{0} 泄漏', ', {0} bytes': '，{0} 字节', ', born on line {0}': '，诞生于第 {0} 行', 'none': '没有', 'nothing was written yet': '尚无输出',

  // What a free would do.
  'refused: ': '拒绝：', '{0} is not a live block that free may take': '{0} 不是 free 可以接受的存活块', '{0} bytes at {1}': '{0} 字节，位于 {1}', ': the sanitizer keeps the bytes from reuse, so that a late use is found': '：检查器不让这些字节再用，好发现迟来的使用',
  ': {0} … {1}, {2} bytes': '：{0} … {1}，{2} 字节', 'joined with 1 free neighbour of {1} bytes': '与 1 个 {1} 字节的空闲邻块合并', 'joined with {0} free neighbours of {1} bytes': '与 {0} 个空闲邻块（{1} 字节）合并', 'list ': '链表 ',
  ': {0} ({1} bytes) comes to place {2} of {3}': '：{0}（{1} 字节）排到第 {2} 位，共 {3} 位', ': {0} ({1} bytes) is taken out': '：取出 {0}（{1} 字节）', '1 pointer would dangle': '1 个指针会悬空', '{0} pointers would dangle': '{0} 个指针会悬空',
  '{0} is a part of a region: it ends with its region, not by free': '{0} 是区域的一部分：它随区域结束，而不由 free',

  // What the session answers.
  'nothing went wrong here': '这里没有出错', 'choose something first': '请先选择', 'it leads to no block': '它不通向任何块', '{0} was born on line {1}; b goes there': '{0} 诞生于第 {1} 行；按 b 前往', "'{0}' is no line, nor a line with 'when' and a condition": '“{0}”不是行号，也不是带 when 和条件的行号',
  'no line is being done': '没有正在执行的行', 'stops on line {0} no more': '不再停在第 {0} 行', "'{0}' is no step, line, start, end or fault": '“{0}”不是步、行、start、end 或 fault',
  'the start of the run': '运行的开头', 'a breakpoint': '断点', 'a watched value changes': '被观察的值改变', 'the program waits for input: i': '程序等待输入：i', 'given up on the way': '中途放弃', 'on the way': '前往中', 'on the way back': '返回中', 'running to the end': '运行到结尾',
  'on the way to line {0}': '前往第 {0} 行', 'the run did not come to line {0} again': '运行没有再到第 {0} 行', "this program has no '## watch:' comments": '这个程序没有“## watch:”注释', 'on the way to the next stop': '前往下一个停点', 'choose a block first': '请先选择一个块',
  'nobody saw {0} being born': '没有记录 {0} 的诞生', '{0} never dies': '{0} 从不消亡', '{0} born here': '{0} 在此诞生', '{0} died here': '{0} 在此消亡', 'looking for its death': '寻找它的消亡处', '{0} has not died yet, as far as the run was seen': '在已见的运行中 {0} 尚未消亡',
  'nobody wrote this byte yet': '这个字节尚未写入', 'byte {0} is written here': '字节 {0} 在此写入', 'on the way to the next access': '前往下一次访问', 'byte {0} of {1} is about to be used': '{1} 的字节 {0} 即将被使用', 'nobody uses this byte after here': '此后没有使用这个字节',
  'choose a variable first': '请先选择一个变量', '{0} did not change since its call began': '{0} 自调用开始以来没有改变', '{0} changes here': '{0} 在此改变', 'stops on line {0}': '停在第 {0} 行', 'stops on line {0} when {1}': '当 {1} 时停在第 {0} 行', 'there is no block {0} now': '现在没有块 {0}',
  '{0} is written': '{0} 被写入', '{0} changes': '{0} 改变', 'stops when {0}; . goes on, p shows all stops': '当{0}时停；. 继续，p 列出所有停点', 'line {0} when {1}': '第 {0} 行，当 {1}', 'the input has ended': '输入已结束', '{0} beside {1}, at the same step': '{0} 与 {1} 并排，同一步',
  'wrote {0}': '已写入 {0}', 'recording; S and a name that ends with .{0} again ends it and writes {1}': '录制中；再按 S 并给出以 .{0} 结尾的名字就结束并写入 {1}', 'could not write {0}: {1}': '无法写入 {0}：{1}',

  // What the time line refuses.
  'a condition cannot hold `{0}`': '条件中不能有 `{0}`', 'no statement of the program stands at line {0}': '程序在第 {0} 行没有语句', 'no variable is called `{0}`': '没有叫 `{0}` 的变量', 'these bytes cannot be watched': '这些字节不能观察',
  'a name is missing after `{0}`': '`{0}` 之后缺少名字', 'a `{0}` is missing': '缺少 `{0}`', 'the condition is empty': '条件为空', '`{0}` cannot stand here': '`{0}` 不能放在这里',

  // The picture in sentences.
  'was moved away': '已移走', 'has no value yet': '尚无值', 'is {0}': '是 {0}', ', leads to {0}': '，通向 {0}', 'Stopped: {0}, {1}.': '已停止：{0}，{1}。', 'Stopped: {0}, {1}, on line {2}.': '已停止：{0}，{1}，在第 {2} 行。', 'The program has finished.': '程序已结束。',
  'Step {0}, line {1} in {2}: {3}': '第 {0} 步，{2} 第 {1} 行：{3}', 'Watch: {0}.': '观察：{0}。', 'The block was born on line {0}.': '这个块诞生于第 {0} 行。', 'The block was born on line {0} and died on line {1}.': '这个块诞生于第 {0} 行，消亡于第 {1} 行。',
  'A block was born: {0}, {1}.': '诞生一个块：{0}，{1}。', '{0}, {1}, is {2} now.': '{0}，{1}，现在{2}。', 'The program wrote: {0}': '程序输出：{0}', '{0} bytes in {1} blocks, {2} at the peak, {3} allocations and {4} frees.': '{1} 个块共 {0} 字节，峰值 {2}，{3} 次分配，{4} 次释放。',
  'Call {0}, line {1}, 1 variable.': '调用 {0}，第 {1} 行，1 个变量。', 'Call {0}, line {1}, {2} variables.': '调用 {0}，第 {1} 行，{2} 个变量。', '1 dangling pointer.': '1 个悬空指针。', '{0} dangling pointers.': '{0} 个悬空指针。', 'nothing leads to it': '没有指向它的指针',
  '1 pointer leads to it': '1 个指针指向它', '{0} pointers lead to it': '{0} 个指针指向它', 'Block {0}, {1}.': '块 {0}，{1}。', 'Block {0}, {1}, born on line {2}.': '块 {0}，{1}，诞生于第 {2} 行。', 'Altru, {0}. {1}': 'Altru，{0}。{1}',
  'Say which block: {0} b1.': '请说明哪个块：{0} b1。', 'There is no block {0} now.': '现在没有块 {0}。', '1 block fits.': '1 个块符合。', '{0} blocks fit.': '{0} 个块符合。', 'Say a line, and a condition if you want: break 12 when count > 3.': '请给出行号，也可带条件：break 12 when count > 3。',
  'Nothing stops the run.': '没有停点。', 'The run stops: {0}.': '运行停于：{0}。', "There is no command '{0}'. {1}": '没有命令“{0}”。{1}',
  'Commands: step, back, line, unline, call, heap, unheap, stop (the next watch stop), unstop, end, start, go NUMBER, whole, output, input TEXT; block B (all that is known of it), find WORDS, born B, died B, free B (what free would do), break LINE when CONDITION, watch NAME, stops, resume, reverse; help, quit.':
    '命令：step、back、line、unline、call、heap、unheap、stop（下一个观察点）、unstop、end、start、go 步数、whole、output、input 文字；block B（关于它的一切）、find 词、born B、died B、free B（free 会怎样）、break 行 when 条件、watch 名字、stops、resume、reverse；help、quit。',
};
