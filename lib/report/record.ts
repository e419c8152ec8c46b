/**
 * The shape of a catalogue record: one for each problem code, in English and Chinese. A message is a template over the problem's
 * fragments (`{name}`). `wrong` is a whole program that shows the problem (and no other error), `right` the same one repaired;
 * a spec runs them all. Plain data, imports nothing.
 */
export interface Wording {
  readonly en: string;
  readonly zh: string;
}

export type Shown =
  | { readonly by: 'fuel'; readonly fuel: number }
  | { readonly by: 'interrupt' }
  /** `wrong` is the name of what cannot be read: of nothing, of a folder, of a file with these bytes, or of one that may not be opened. */
  | { readonly by: 'file'; readonly file: 'none' | 'folder' | 'locked' | readonly number[] };

export interface Record {
  /** `E0382`. */
  readonly code: string;
  /** `use-of-moved-value`: explains itself, stable. */
  readonly slug: string;
  readonly severity: 'error' | 'warning' | 'advice' | 'report';
  /** One line, a template: ``use of moved value: `{name}` ``. */
  readonly message: Wording;
  /** Why the language refuses it: two or three sentences, for a learner. */
  readonly why: Wording;
  readonly wrong: string;
  /** How the wrong program comes to show the problem, where running it alone does not. */
  readonly shown?: Shown;
  readonly right: string;
}
