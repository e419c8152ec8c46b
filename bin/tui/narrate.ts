/**
 * The visualizer in sentences, for screen readers and pipes: one command a line, one answer of plain lines. In: lines (`n`, `next`, `back`, `whole`, …). Out: text; no
 * cursor movement and no colour.
 */
import { createInterface } from 'node:readline';
import { inspectorPane } from './panes/inspector.ts';
import { blockSentence, changeSentences, wholeSentences } from './sentences.ts';
import type { Session } from './session.ts';
import type { Row } from './style.ts';
import { freeCard } from './try-free.ts';
import { type View, shownBlocks } from './view.ts';
import { say as inWords } from './words.ts';

const commands = 'Commands: step, back, line, unline, call, heap, unheap, stop (the next watch stop), unstop, end, start, go NUMBER, whole, output, input TEXT; block B (all that is known of it), find WORDS, born B, died B, free B (what free would do), break LINE when CONDITION, watch NAME, stops, resume, reverse; help, quit.';

/** A row of a pane as a line of words. */
const spoken = (row: Row): string => row.map(([text]) => text).join('').trim();

export async function narrate(session: Session, input: NodeJS.ReadableStream, say: (text: string) => void): Promise<number> {
  let before: View | null = null;
  const { language } = session.view;
  const word = (english: string, ...values: readonly (string | number)[]): string => inWords(language, english, ...values);
  const help = word(commands);
  const view = (): View => session.view;
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
  say(word('Altru, {0}. {1}', session.view.file, help));
  tell();
  const lines = createInterface({ input, terminal: false });
  for await (const line of lines) {
    const [command = '', ...rest] = line.trim().split(/\s+/);
    session.set({ card: null, message: '' });
    const move = moves[command];
    if (command === 'quit' || command === 'q') {
      // A terminal that is read keeps the process alive.
      lines.close();
      input.pause();
      return 0;
    }
    if (command === 'help') say(help);
    else if (command === 'whole') for (const sentence of wholeSentences(session.view)) say(sentence);
    else if (command === 'output') say(session.view.picture.output);
    else if (command === 'input') session.provide(`${rest.join(' ')}\n`);
    else if (command === 'block' || command === 'born' || command === 'died' || command === 'free') {
      const block = view().picture.blocks.find(one => one.id === rest[0]);
      // Before its birth a block that was spoken of is still known.
      if (block === undefined && !(command === 'died' || command === 'born')) {
        say(rest[0] === undefined ? word('Say which block: {0} b1.', command) : word('There is no block {0} now.', rest[0]));
        continue;
      }
      session.set({ chosen: { kind: 'block', id: rest[0] ?? '' }, byte: 0 });
      if (command === 'block') for (const row of inspectorPane(view(), 100, 60).rows.filter(one => !spoken(one).startsWith('├'))) say(spoken(row));
      else if (command === 'free') {
        freeCard(session);
        const { card } = view();
        for (const row of card?.kind === 'text' ? card.rows : []) if (row.length > 0) say(spoken(row));
        if (card === null) say(`${view().message}.`);
      } else {
        session.toEvent(command);
        tell();
      }
    } else if (command === 'find') {
      session.set({ filter: rest.join(' ') });
      const found = shownBlocks(view());
      say(word(found.length === 1 ? '1 block fits.' : '{0} blocks fit.', found.length));
      for (const block of found.slice(0, 20)) say(blockSentence(block, view()));
      session.set({ filter: '' });
    } else if (command === 'break') {
      const [, at, condition] = /^(\d+)(?:\s+when\s+(.+))?$/.exec(rest.join(' ')) ?? [];
      if (at === undefined) say(word('Say a line, and a condition if you want: break 12 when count > 3.'));
      else {
        session.breakAt(Number(at), condition ?? '');
        say(`${view().message}.`);
      }
    } else if (command === 'watch' && rest[0] !== undefined) {
      session.watch(rest[0]);
      say(`${view().message}.`);
    } else if (command === 'stops') say(view().points.length === 0 ? word('Nothing stops the run.') : word('The run stops: {0}.', view().points.map(point => point.text).join('; ')));
    else if (command === 'resume' || command === 'reverse') {
      session.resume(command === 'resume' ? 1 : -1);
      tell();
    } else if (command === 'go' && /^\d+$/.test(rest[0] ?? '')) {
      session.seek(Number(rest[0]));
      tell();
    } else if (move !== undefined) {
      move();
      tell();
    } else say(word("There is no command '{0}'. {1}", command, help));
  }
  return 0;
}
