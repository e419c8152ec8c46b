/**
 * An error of the operating system (a full device, a folder that may not be written to) in words: it is neither the program's fault nor
 * ours. In: anything thrown. Out: a sentence, or null when it is no such error.
 */
const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied', EPERM: 'not permitted', ENOSPC: 'no space left on the device', EROFS: 'the file system is read-only', ENOENT: 'no such file or folder',
  ENOTDIR: 'not a folder', EISDIR: 'it is a folder', EBADF: 'the stream is closed', EIO: 'input or output error', ELOOP: 'too many symbolic links', ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files', EFBIG: 'the file is too large', EDQUOT: 'the quota is used up', EEXIST: 'it exists already', EPIPE: 'the reader has gone',
};

export function systemErrorText(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  const code = String(error.code);
  const path = 'path' in error && typeof error.path === 'string' ? `'${error.path}': ` : error.syscall === 'write' ? 'output cannot be written: ' : '';
  return `${path}${words[code] ?? error.message} (${code})`;
}
