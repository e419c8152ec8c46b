/**
 * The visualizer in sentences, for screen readers and pipes: one command a line, one answer of plain lines. In: lines (`n`, `next`, `back`, `whole`, …). Out: text; no
 * cursor movement and no colour.
 */
import { createInterface } from 'node:readline';
import { changeSentences, wholeSentences } from './sentences.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

const help = 'Commands: step, back, line, unline, call, heap, unheap, stop (the next watch stop), unstop, end, start, go NUMBER, whole, output, input TEXT, help, quit.';

export async function narrate(session: Session, input: NodeJS.ReadableStream, say: (text: string) => void): Promise<number> {
  let before: View | null = null;
  const tell = (): void => {
    while (session.working) session.work();
    const { view } = session;
    for (const sentence of changeSentences(view, before)) say(sentence);
    if (view.message !== '') say(`${view.message}.`);
    before = view;
  };
  const moves: Readonly<Record<string, () => void>> = {
    step: () => session.move(1, 'statement'), '': () => session.move(1, 'statement'), back: () => session.move(-1, 'statement'), line: () => session.move(1, 'over'), unline: () => session.move(-1, 'over'), call: () => session.move(1, 'call'),
    heap: () => session.move(1, 'heap'), unheap: () => session.move(-1, 'heap'), stop: () => session.tour(1), unstop: () => session.tour(-1), end: () => session.end(), start: () => session.seek(0),
  };
  say(`Altru, ${session.view.file}. ${help}`);
  tell();
  const lines = createInterface({ input, terminal: false });
  for await (const line of lines) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    session.set({ card: null, message: '' });
    const move = moves[word];
    if (word === 'quit' || word === 'q') {
      // A terminal that is read keeps the process alive.
      lines.close();
      input.pause();
      return 0;
    }
    if (word === 'help') say(help);
    else if (word === 'whole') for (const sentence of wholeSentences(session.view)) say(sentence);
    else if (word === 'output') say(session.view.picture.output);
    else if (word === 'input') session.provide(`${rest.join(' ')}\n`);
    else if (word === 'go' && /^\d+$/.test(rest[0] ?? '')) {
      session.seek(Number(rest[0]));
      tell();
    } else if (move !== undefined) {
      move();
      tell();
    } else say(`There is no command '${word}'. ${help}`);
  }
  return 0;
}
