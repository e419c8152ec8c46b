/**
 * Catalogue records of source files that cannot be read. No program can show these, so `wrong` is the name of a file, `shown` what is there, and `right` any program.
 */
import type { Record, Shown } from '../record.ts';

const right = 'println("hello")\n';
const unreadable = (code: string, slug: string, en: string, zh: string, whyEn: string, whyZh: string, file: Extract<Shown, { by: 'file' }>['file']): Record => ({
  code,
  slug,
  severity: 'error',
  message: { en, zh },
  why: { en: whyEn, zh: whyZh },
  wrong: 'program.altru',
  right,
  shown: { by: 'file', file },
});

export const world: readonly Record[] = [
  unreadable('E1090', 'no-such-file', 'there is no file `{file}`', '没有文件 `{file}`', 'The name is looked up from the current folder; check its spelling, and the folder.', '文件名从当前目录开始查找；请检查拼写和目录。', 'none'),
  unreadable('E1091', 'is-a-directory', '`{file}` is a directory, not a program', '`{file}` 是目录，不是程序', 'Name the file that holds `main`, for example `{file}/main.altru`.', '请给出包含 `main` 的文件，例如 `{file}/main.altru`。', 'folder'),
  unreadable('E1092', 'unreadable-file', '`{file}` cannot be read ({reason})', '无法读取 `{file}`（{reason}）', 'The system refused to open it. Check its permissions.', '系统拒绝打开该文件，请检查权限。', 'locked'),
  unreadable('E1093', 'binary-file', '`{file}` is not text: there is a NUL byte at offset {offset}', '`{file}` 不是文本：偏移 {offset} 处有 NUL 字节', 'A source file is UTF-8 text. This looks like a binary file.', '源文件应为 UTF-8 文本，而这像是二进制文件。', [0x70, 0, 0x71]),
  unreadable('E1094', 'not-utf-8', '`{file}` is not UTF-8 text: the byte at offset {offset} cannot stand there', '`{file}` 不是 UTF-8 文本：偏移 {offset} 处的字节无效', 'Altru reads UTF-8 only. Save the file as UTF-8 in your editor.', 'Altru 只读取 UTF-8。请在编辑器中将文件保存为 UTF-8。', [0x22, 0xff, 0x22]),
];
