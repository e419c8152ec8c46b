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

const help = 'Commands: step, back, line, unline, call, heap, unheap, stop (the next watch stop), unstop, end, start, go NUMBER, whole, output, input TEXT; block B (all that is known of it), find WORDS, born B, died B, free B (what free would do), break LINE when CONDITION, watch NAME, stops, resume, reverse; help, quit.';

/** A row of a pane as a line of words. */
const spoken = (row: Row): string => row.map(([text]) => text).join('').trim();

export async function narrate(session: Session, input: NodeJS.ReadableStream, say: (text: string) => void): Promise<number> {
  let before: View | null = null;
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
    else if (word === 'block' || word === 'born' || word === 'died' || word === 'free') {
      const block = view().picture.blocks.find(one => one.id === rest[0]);
      // Before its birth a block that was spoken of is still known.
      if (block === undefined && !(word === 'died' || word === 'born')) {
        say(rest[0] === undefined ? `Say which block: ${word} b1.` : `There is no block ${rest[0]} now.`);
        continue;
      }
      session.set({ chosen: { kind: 'block', id: rest[0] ?? '' }, byte: 0 });
      if (word === 'block') for (const row of inspectorPane(view(), 100, 60).rows.filter(one => !spoken(one).startsWith('├'))) say(spoken(row));
      else if (word === 'free') {
        freeCard(session);
        const { card } = view();
        for (const row of card?.kind === 'text' ? card.rows : []) if (row.length > 0) say(spoken(row));
        if (card === null) say(`${view().message}.`);
      } else {
        session.toEvent(word);
        tell();
      }
    } else if (word === 'find') {
      session.set({ filter: rest.join(' ') });
      const found = shownBlocks(view());
      say(`${found.length} block${found.length === 1 ? '' : 's'} fit${found.length === 1 ? 's' : ''}.`);
      for (const block of found.slice(0, 20)) say(blockSentence(block, view()));
      session.set({ filter: '' });
    } else if (word === 'break') {
      const [, at, condition] = /^(\d+)(?:\s+when\s+(.+))?$/.exec(rest.join(' ')) ?? [];
      if (at === undefined) say('Say a line, and a condition if you want: break 12 when count > 3.');
      else {
        session.breakAt(Number(at), condition ?? '');
        say(`${view().message}.`);
      }
    } else if (word === 'watch' && rest[0] !== undefined) {
      session.watch(rest[0]);
      say(`${view().message}.`);
    } else if (word === 'stops') say(view().points.length === 0 ? 'Nothing stops the run.' : `The run stops: ${view().points.map(point => point.text).join('; ')}.`);
    else if (word === 'resume' || word === 'reverse') {
      session.resume(word === 'resume' ? 1 : -1);
      tell();
    } else if (word === 'go' && /^\d+$/.test(rest[0] ?? '')) {
      session.seek(Number(rest[0]));
      tell();
    } else if (move !== undefined) {
      move();
      tell();
    } else say(`There is no command '${word}'. ${help}`);
  }
  return 0;
}
