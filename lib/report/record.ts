/**
 * The shape of a catalogue record: one for each problem code, in English and Chinese. A message is a template over the problem's
 * fragments (`{name}`). `wrong` is a whole program that shows the problem (and no other error), `right` the same one repaired;
 * a spec runs them all. Plain data, imports nothing.
 */
export interface Wording {
  readonly en: string;
  readonly zh: string;
}

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
  readonly right: string;
}
