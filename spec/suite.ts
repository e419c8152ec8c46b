/**
 * The one way to write a unit test: uvu's `suite`, wrapped so that its known false greens are red.
 * In: a name. Out: a test function that also runs itself at the end of the file's evaluation.
 * uvu counts a rejected `undefined`, a thrown string and a suite that nobody ran as success; here every failure becomes an
 * `Error`, and `run` is scheduled by the wrapper, so it cannot be forgotten.
 */
import { suite as uvuSuite } from 'uvu';

type Body = () => void | Promise<void>;

export function suite(name: string): (claim: string, body: Body) => void {
  const inner = uvuSuite(name);
  queueMicrotask(() => inner.run());
  return (claim, body) => {
    inner(claim, async () => {
      try {
        await body();
      } catch (thrown) {
        throw thrown instanceof Error ? thrown : new Error(`threw ${String(thrown)}`);
      }
    });
  };
}
