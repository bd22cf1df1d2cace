import { isAbsolute } from 'node:path';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';

/** What follows COMMAND in a call, as with child_process: arguments may be left out. */
export type Following<Options> =
  | [args?: readonly string[] | undefined, options?: Options | undefined]
  | [options: Options];

/** A call as it is meant. */
export interface Call<Options> {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: Options;
}

/**
 * Reads a call, before anything is started: arguments that are one text would be spread into its letters, and COMMAND would run with them.
 *
 * @throws Refusal `option-invalid`
 */
export function readCall<Options extends object>(
  command: string,
  following: readonly [(readonly string[] | Options | undefined)?, (Options | undefined)?],
): Call<Options> {
  insistCommand(command);
  const [first, second] = following;
  const isOptions = typeof first === 'object' && first !== null && !Array.isArray(first) && second === undefined;
  const args = isOptions || first === undefined ? [] : (first as readonly string[]);
  const options = isOptions ? (first as Options) : second === undefined ? ({} as Options) : second;
  insistWords(args, 'args');
  insistOptions(options);
  return { command, args, options };
}

/** @throws Refusal `option-invalid` */
export function insistCommand(command: unknown): void {
  insist(isWord(command) && command !== '', 'command', 'text that names a program');
}

/** @throws Refusal `option-invalid` */
export function insistWords(words: unknown, name: string): void {
  insist(Array.isArray(words) && words.every(isWord), name, 'a list of texts without NUL bytes');
}

/** Options that are an object, with the members that several functions take. @throws Refusal `option-invalid` */
export function insistOptions(options: unknown): void {
  insist(isObject(options) && !Array.isArray(options), 'options', 'an object');
  const { cwd, env, launcher } = options as { readonly [name in 'cwd' | 'env' | 'launcher']?: unknown };
  // child_process takes null for absent.
  insist((cwd ?? undefined) === undefined || isPlace(cwd), 'options.cwd', 'a path or a file: URL');
  insist((env ?? undefined) === undefined || isObject(env), 'options.env', 'an object');
  insist(launcher === undefined || (isWord(launcher) && isAbsolute(launcher)), 'options.launcher', 'an absolute path');
}

/** @throws Refusal `option-invalid` */
export function insistFile(file: unknown): void {
  insist(isPlace(file) && file !== '', 'file', 'a path or a file: URL');
}

/** @throws Refusal `option-invalid` */
export function insist(holds: boolean, origin: string, expected: string): void {
  if (!holds) refuse('option-invalid', flagOrigin(origin), origin.replace(/^options\./, ''), expected);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlace(value: unknown): value is string | URL {
  return isWord(value) || (value instanceof URL && value.protocol === 'file:');
}
