import { Command, CommanderError, Option } from 'commander';
import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { nearest } from '../base/nearest.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import type { Flag } from '../policy/from-flags.ts';
import { foreignOptions } from './foreign-options.ts';
import { OPTIONS, type OptionRow } from './options.ts';

export type Mode =
  | 'run'
  | 'check'
  | 'explain'
  | 'why'
  | 'compile'
  | 'learn'
  | 'trace'
  | 'import'
  | 'print-policy'
  | 'completion'
  | 'help'
  | 'version';

/** A command line, understood. */
export interface Request {
  readonly mode: Mode;
  /** Values of the mode's own option, in order: the queries of --why, the file of --compile. */
  readonly modeValues: readonly Bytes[];
  /** Every option in order, but for modes and output. */
  readonly flags: readonly Flag[];
  /** COMMAND and its arguments; empty where there is none. */
  readonly command: readonly Bytes[];
  readonly json: boolean;
  readonly verbose: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

const MODE_FLAGS: Readonly<Record<string, Mode>> = {
  '--check': 'check',
  '--probe': 'check',
  '--explain': 'explain',
  '--why': 'why',
  '--compile': 'compile',
  '--learn': 'learn',
  '--trace': 'trace',
  '--import': 'import',
  '--print-policy': 'print-policy',
  '--completion': 'completion',
  '--help': 'help',
  '--version': 'version',
};

/** Modes that are nothing without a COMMAND. */
const WITH_COMMAND: readonly Mode[] = ['run', 'learn', 'trace'];

/** Modes in which a COMMAND would mean nothing. */
const WITHOUT_COMMAND: readonly Mode[] = ['why', 'compile', 'import', 'print-policy', 'completion'];

const OUTPUT_FLAGS: ReadonlySet<string> = new Set(['--json', '--verbose', '--color']);

/**
 * argv → Request. Options end at `--` or at the first word that is not an option; nothing after it is read as ours.
 *
 * @param words without the program's own name, one character a byte.
 * @throws Refusal
 */
export function parseCommandLine(words: readonly Bytes[]): Request {
  const given: Flag[] = [];
  const program = makeProgram(rowsIn(words), (name, value) => given.push({ name, value }));
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    explainParserError(error, words);
  }
  const command = program.args as Bytes[];
  refuseDashCommand(words, command);
  for (const flag of given) refuseBadValue(flag);
  const mode = oneMode(given);
  const request: Request = {
    mode,
    modeValues: given.flatMap((flag) => (flag.name in MODE_FLAGS && flag.value !== undefined ? [flag.value] : [])),
    flags: given.filter((flag) => !(flag.name in MODE_FLAGS) && !OUTPUT_FLAGS.has(flag.name)),
    command,
    json: given.some((flag) => flag.name === '--json'),
    verbose: given.some((flag) => flag.name === '--verbose'),
    color: readColor(given),
  };
  if (WITH_COMMAND.includes(mode) && command.length === 0) refuse('command-missing', undefined);
  if (mode !== 'learn' && given.some((flag) => flag.name === '--no-verify')) refuse('no-verify-alone', undefined);
  if (mode !== 'explain' && given.some((flag) => flag.name === '--compiled'))
    refuse('compiled-alone', undefined, undefined);
  if (WITHOUT_COMMAND.includes(mode) && command.length > 0) refuse('command-unwanted', undefined, `--${mode}`);
  return request;
}

/**
 * The options that these words could mean: a parser of all of them takes a millisecond to make. A short one stands alone: in `-h-json` the parser would read
 * on behind `-h`, and find `--json`, which nobody wrote.
 */
function rowsIn(words: readonly Bytes[]): readonly OptionRow[] {
  const names = new Set<string>();
  for (const word of words) if (word.startsWith('--')) names.add(word.split('=', 1)[0] ?? word);
  return OPTIONS.filter(
    (row) => names.has(row.name) || (row.short !== undefined && words.includes(row.short as Bytes)),
  );
}

/** A parser that keeps one ordered list of what it saw, so that order and origin survive. */
function makeProgram(rows: readonly OptionRow[], seen: (name: string, value: Bytes | undefined) => void): Command {
  const program = new Command('landlock-run')
    .argument('[command...]')
    .passThroughOptions()
    .allowExcessArguments(true)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined })
    .action(() => undefined);
  for (const row of rows) {
    const option = new Option(signature(row));
    // `--no-net` is an option of its own here, not the negation of `--net`.
    option.negate = false;
    program.addOption(option);
    program.on(`option:${option.name()}`, (value: string | null) => {
      seen(row.name, row.value === undefined ? undefined : ((value ?? '') as Bytes));
    });
  }
  return program;
}

function signature(row: OptionRow): string {
  const names = row.short === undefined ? row.name : `${row.short}, ${row.name}`;
  return row.value === undefined ? names : `${names} <value>`;
}

function explainParserError(error: CommanderError, words: readonly Bytes[]): never {
  if (error.code === 'commander.optionMissingArgument') {
    const option = /'(?:-\w, )?(--[\w-]+) /.exec(error.message)?.[1] ?? '';
    return refuse('option-value-missing', flagOrigin(option));
  }
  if (error.code === 'commander.unknownOption') return explainUnknown(unknownWord(words, error));
  return refuse('internal', undefined, error.message);
}

/** The word that the parser did not know, with its bytes intact. */
function unknownWord(words: readonly Bytes[], error: CommanderError): Bytes {
  const named = /unknown option '([\s\S]*?)'(?:\n|$)/.exec(error.message)?.[1];
  return words.find((word) => word === named) ?? ((named ?? '') as Bytes);
}

function explainUnknown(word: Bytes): never {
  const name = word.split('=')[0] ?? word;
  if (name !== word && OPTIONS.some((row) => row.name === name && row.value === undefined)) {
    return refuse('option-value-unexpected', undefined, name);
  }
  const table = foreignOptions();
  const foreign = Object.hasOwn(table, name) ? table[name] : undefined;
  if (foreign !== undefined) return refuse('option-foreign', undefined, name, foreign.tool, foreign.answer);
  const known = OPTIONS.filter((row) => row.hidden !== true).map((row) => row.name);
  return refuse('option-unknown', undefined, name, nearest(name, known));
}

/** `-5` looks like a word to the parser; a COMMAND that begins with - must come after `--`. */
function refuseDashCommand(words: readonly Bytes[], command: readonly Bytes[]): void {
  const [first] = command;
  if (first === undefined || !first.startsWith('-')) return;
  if (words[words.length - command.length - 1] !== '--') refuse('command-dash', undefined, first);
}

/** `--ro $UNSET --no-net` would swallow a restriction: no value is empty or begins with `-`, but `--policy -`. */
function refuseBadValue({ name, value }: Flag): void {
  if (value === undefined) return;
  if (value === '') refuse('option-value-empty', flagOrigin(name));
  if (value.startsWith('-') && !(name === '--policy' && value === '-')) {
    refuse('option-value-dash', flagOrigin(name), value);
  }
}

function oneMode(given: readonly Flag[]): Mode {
  const modes = given.filter((flag) => flag.name in MODE_FLAGS);
  const [first] = modes;
  if (first === undefined) return 'run';
  const other = modes.find((flag) => MODE_FLAGS[flag.name] !== MODE_FLAGS[first.name]);
  if (other !== undefined) refuse('modes-many', undefined, first.name, other.name);
  return MODE_FLAGS[first.name] ?? 'run';
}

function readColor(given: readonly Flag[]): Request['color'] {
  const words = ['auto', 'always', 'never'] as const;
  const origin = flagOrigin('--color');
  const [first, ...others] = given.flatMap((flag) => (flag.name === '--color' ? [flag.value ?? ('' as Bytes)] : []));
  if (first === undefined) return 'auto';
  const other = others.find((value) => value !== first);
  if (other !== undefined) refuse('conflict', origin, 'color', quote(other), quote(first), origin);
  const word = words.find((one) => one === (first as string));
  return word ?? refuse('word-unknown', origin, first, nearest(first, words), words);
}
