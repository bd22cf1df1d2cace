import type { CommandRow, Explanation, FilesRow, GrantRow, ProfileRow, Verdict } from '../advice/explanation.ts';
import { counted } from '../base/counted.ts';
import type { Colour } from './colour.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { renderNetwork } from './explain-network.ts';
import { shortRights } from './rights.ts';
import { pair, section } from './section.ts';

/**
 * The answer of --explain for a person: the verdict first, then what can be written, read, reached, and what is not stopped. `verbose` adds what only
 * repeats the usual.
 */
export function renderExplanation(report: Explanation | Verdict, colour: Colour, verbose: boolean): string {
  const lines = 'files' in report ? renderWhole(report, colour, verbose) : renderVerdict(report, colour);
  return `${lines.join('\n')}\n`;
}

function renderWhole(report: Explanation, colour: Colour, verbose: boolean): string[] {
  return [
    ...renderVerdict(report, colour),
    ...renderFiles(report.files, colour, verbose),
    ...section('network', renderNetwork(report.network, report.files?.sockets ?? []), colour),
    ...section('this kernel cannot enforce', renderUnenforced(report), colour),
    ...section(
      'NOT stopped',
      report.notStopped.map((hole) => hole.text),
      colour,
    ),
    ...section('skipped', renderSkipped(report, verbose), colour),
    ...section('COMMAND', renderCommand(report.command, report.starts, colour), colour),
    ...section('process', renderProcess(report, verbose), colour),
    ...section('isolation', verbose ? renderIsolation(report) : [], colour),
    ...section(
      'notes',
      report.lint.map((one) => colour.yellow(told(one))),
      colour,
    ),
  ];
}

const told = (one: Verdict['diagnostics'][number]): string =>
  renderDiagnostic(one, false).replace(/^landlock-run: /, '');

/** Yes or no, and why. What best effort drops has a section of its own. */
function renderVerdict(report: Verdict | Explanation, colour: Colour): string[] {
  const command = 'command' in report ? report.command : null;
  const shown = report.diagnostics.filter((one) => one.code !== 'kernel-lacks-dropped');
  return [
    report.starts
      ? colour.green(
          `yes: a run with these options would start here${command?.outcome === 'unknown' ? ', as far as can be told' : ''}`,
        )
      : colour.red('no: a run with these options would not start here'),
    ...shown.map((one) => `  ${told(one)}`),
    ...(command?.reason == null ? [] : [`  ${command.name}: ${command.reason}`]),
    `  ${renderKernel(report)}`,
  ];
}

function renderKernel(report: Verdict | Explanation): string {
  const { abi, linux, absent } = report.kernel;
  const what =
    absent === null ? `Landlock ABI ${abi}${linux === null ? '' : ` (as of Linux ${linux})`}` : `Landlock is ${absent}`;
  if (!('level' in report)) return `kernel: ${what}`;
  const level =
    report.level === 'strict' ? 'strict, what it lacks is refused' : 'best effort, what it lacks is dropped';
  return `kernel: ${what}; ${level}`;
}

const LEFT_ALONE = 'left alone: everything that the user may';
const UNENFORCED = 'NOT restricted on this kernel: everything that the user may';

function renderFiles(files: FilesRow | null, colour: Colour, verbose: boolean): string[] {
  if (files === null) return section('files', [LEFT_ALONE], colour);
  if (files.handled.length === 0) return section('files', [UNENFORCED], colour);
  const written = [
    ...files.writable.map(renderGrant),
    ...files.profiles.flatMap((profile) => renderWritableOf(profile)),
    ...(files.terminal ? ['the terminal on descriptors 0, 1, 2  (profile system)'] : []),
  ];
  const read = [...files.readable.map(renderGrant), ...files.profiles.flatMap((one) => renderProfile(one, verbose))];
  return [
    ...section('can be written', written.length > 0 ? written : ['nothing'], colour),
    ...section(
      'can be read',
      read.length > 0 ? read : [files.writable.length > 0 ? 'nothing else' : 'nothing'],
      colour,
    ),
  ];
}

function renderGrant(row: GrantRow): string {
  const led = row.resolved === null ? '' : ` -> ${row.resolved}`;
  return `${row.path}${led}  ${shortRights(row)}  (${row.origin}${row.made ? ', made by the run' : ''})`;
}

/** What a profile grants with write: a few devices. */
function renderWritableOf({ name, grants }: ProfileRow): string[] {
  const paths = grants.filter((row) => row.rights.includes('write_file')).map((row) => row.path);
  return paths.length === 0 ? [] : [`profile ${name}: ${paths.join(' ')}`];
}

function renderProfile(profile: ProfileRow, verbose: boolean): string[] {
  const { name, summary, grants } = profile;
  return [
    `profile ${name}: ${summary} (${counted(grants.length, 'path')})`,
    ...(verbose
      ? grants.map((row) => `  ${row.path}${row.resolved === null ? '' : ` -> ${row.resolved}`}  ${shortRights(row)}`)
      : []),
  ];
}

const HELD = {
  weaker: 'weaker than the policy',
  stricter: 'stricter than the policy',
  unlogged: 'denials are not logged',
} as const;

/** What strict refuses may stand under the verdict already. */
function renderUnenforced({ unenforced, diagnostics }: Explanation): string[] {
  const told = diagnostics.some((one) => one.code === 'kernel-lacks');
  return unenforced
    .filter((row) => !row.refuses || !told)
    .map(({ text, direction, hardening }) => {
      const held = hardening ? 'hardening, which the policy does not state' : HELD[direction];
      return `${text} (${held})`;
    });
}

function renderSkipped(report: Explanation, verbose: boolean): string[] {
  const all = report.files?.skipped ?? [];
  const shown = verbose ? all : all.filter((row) => !row.origin.startsWith('profile '));
  const hidden = all.length - shown.length;
  return [
    ...shown.map((row) => `${row.path}  ${row.reason}  (${row.origin})`),
    ...(hidden > 0 ? [`${counted(hidden, 'path')} of profiles (--verbose shows ${hidden === 1 ? 'it' : 'them'})`] : []),
  ];
}

function renderCommand(command: CommandRow | null, starts: boolean, colour: Colour): string[] {
  if (command === null) return [];
  const outcome = {
    runs: `${command.name}: ${starts ? '' : 'would be '}${command.file ?? ''}${starts ? ' runs' : ''}`,
    fails: colour.red(`${command.name}: would not start (exit status ${command.exit ?? 126})`),
    unknown: `${command.name}: cannot be foretold`,
  }[command.outcome];
  return [
    outcome,
    ...(command.outcome === 'fails' && command.passedOver.length === 1 ? [] : command.passedOver).map(
      (one) => `passed over: ${one.file}: ${one.reason}`,
    ),
    ...command.denied.map((one) => `denied: ${one.file} (${one.why})`),
    ...command.problems,
    ...command.notes.map((note) => `note: ${note}`),
    ...(command.proposal === '' ? [] : [`to let it run, add: ${command.proposal}`]),
  ];
}

function renderIsolation({ scopes, filter }: Explanation): string[] {
  const parts = filter.length === 0 ? 'none' : filter.join(' ');
  return [...scopes.map(({ name, state }) => pair(name, state)), pair('seccomp filter', parts)];
}

/** With `verbose` every variable by name instead of the edits, and the capabilities, which are always the same. */
function renderProcess({ process, environment }: Explanation, verbose: boolean): string[] {
  const changed = (change: string): string =>
    environment
      .filter((row) => row.change === change)
      .map((row) => row.name)
      .join(' ');
  const rows = process.filter((row) => verbose || row.what !== 'capabilities lost');
  const variables = verbose
    ? [
        { what: 'variables removed', value: changed('removed') },
        { what: 'variables set', value: changed('set') },
      ].filter((row) => row.value !== '')
    : [];
  return [...rows, ...variables].map(({ what, value }) => pair(what, value));
}
