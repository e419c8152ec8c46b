/** The door of the machine: all that the world may use of it. In here only names; what they mean is said where they are defined. */
export { disassemble, disassembleFunction } from './code/disassemble.ts';
export { decodeProgram, encodeProgram } from './code/encode.ts';
export type { Decoded } from './code/encode.ts';
export { families, importRows, statFields } from './code/imports.ts';
export { codeVersion, opcodes } from './code/opcodes.ts';
export type { CodeFunction, DebugType, Mark, Profile, Program, Variable } from './code/program.ts';
export { verify } from './code/verify.ts';
export type { CodeProblem } from './code/verify.ts';
export type { BlockFacts, Fault } from './memory/fault.ts';
export type { Heap } from './memory/heap.ts';
export type { Growth, Space } from './memory/space.ts';
export { listen } from './run/events.ts';
export type { Events } from './run/events.ts';
export { createMachine } from './run/machine.ts';
export type { Host, Machine, MachineOptions, Status } from './run/machine.ts';
export { interrupt, outOfFuel, plenty, run } from './run/run.ts';
export { callStack, entryOf, faultCodes, frames, markOf, siteStack } from './run/trap.ts';
export type { Frame, Panic, Place, StackEntry, Trap } from './run/trap.ts';
