/** The door of the language: what `bin` may use. */
export { checkLibrary, checkProgram, emitChecked, hasErrors, showFlow, testsOf, type Checked, type Compilation, type Library, type Test } from './compile.ts';
export { decodeLibrary, encodeLibrary, storedText, type StoredText } from './library-store.ts';
export { catalogue, messageOf, recordOf, type Language } from './report/catalogue.ts';
export { problemsToJson } from './report/json.ts';
export { nextStep } from './report/next-steps.ts';
export { problem, type Problem } from './report/problem.ts';
export { inChinese } from './report/said.ts';
export { renderProblem, type Paint } from './report/text.ts';
export { ROOMY_STACK, roomy, usual } from './syntax/depth.ts';
export { format } from './syntax/format.ts';
export { showTree } from './syntax/show.ts';
export { Sources, type SourceFile } from './text/sources.ts';
export type { FileId } from './text/span.ts';
export { checkEntry, checkSession, emitSession, isWorthShowing, lastExpression, readEntry, SHOWN_FROM, SHOWN_TO } from './ide/session.ts';
export type { Read, SessionBase, SessionCheck, SessionCode, SessionEntry } from './ide/session.ts';
export { classify, type TextStretch } from './ide/classify.ts';
export { complete, type Completion } from './ide/complete.ts';
export type { Resume } from './emit/kept.ts';
