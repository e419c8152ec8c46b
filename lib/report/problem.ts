/**
 * A problem: what a pass has to say of a user's program. Plain data, made of printed fragments rather than types or trees, so
 * that this folder imports nothing but text. Passes collect problems; they never print and never throw them.
 * A memory problem labels three places with the same words statically and at run time: born, died, touched.
 */
import type { Span } from '../text/span.ts';

export type Severity = 'error' | 'warning' | 'advice';

export interface Label {
  readonly span: Span;
  readonly text: string;
}

/** One replacement of text. An insertion has an empty span. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

export interface Fix {
  readonly title: string;
  readonly edits: readonly Edit[];
  /** True when applying it cannot change what a right program means: `altru fix` and editors may apply it unasked. */
  readonly certain: boolean;
}

export interface Problem {
  /** `E0382`, `W2001`, `A3001` …: a record of the catalogue. */
  readonly code: string;
  readonly severity: Severity;
  /** Named fragments which the catalogue's message template takes (`{name}`), already printed. */
  readonly with: Readonly<Record<string, string>>;
  /** The primary place. */
  readonly span: Span;
  /** What is said at the primary place, beside the message. */
  readonly label?: string;
  readonly labels: readonly Label[];
  readonly notes: readonly string[];
  readonly fixes: readonly Fix[];
}

/** The usual way to make one. `extra` adds labels, notes, fixes or a label. */
export function problem(
  code: string,
  span: Span,
  fragments: Readonly<Record<string, string>> = {},
  extra: Partial<Pick<Problem, 'label' | 'labels' | 'notes' | 'fixes' | 'severity'>> = {},
): Problem {
  const severity: Severity = extra.severity ?? (code.startsWith('W') ? 'warning' : code.startsWith('A') ? 'advice' : 'error');
  return {
    code,
    severity,
    with: fragments,
    span,
    labels: extra.labels ?? [],
    notes: extra.notes ?? [],
    fixes: extra.fixes ?? [],
    ...(extra.label === undefined ? {} : { label: extra.label }),
  };
}
