/** The library: `import { run, spawn, prepare } from 'landlock-run'` (docs/library.md). Importing it has no effect, on any system. */
export type { CommandRow, Explanation } from './advice/explanation.ts';
export type { CheckReport } from './advice/report-check.ts';
export type { Diagnostic } from './diagnostics/diagnostic.ts';
export { check, type LookOptions } from './library/check.ts';
export { compileLauncher } from './library/compile.ts';
export type { Enforcement } from './library/enforcement.ts';
export { LandlockRunError } from './library/error.ts';
export { explain, preflight } from './library/explain.ts';
export type { LocateOptions } from './library/locate.ts';
export { type AnyPolicy, LoadedPolicy, loadPolicy, type PolicyObject, parsePolicy } from './library/policy.ts';
export { prepare, Sandbox } from './library/prepare.ts';
export { type BufferRunOptions, type RunOptions, type RunResult, run, type TextRunOptions } from './library/run.ts';
export { type SpawnOptions, type SpawnOptionsWithPipes, spawn } from './library/spawn.ts';
export { type WrapOptions, wrap } from './library/wrap.ts';
