import type { CommandRow, Explanation, GrantRow } from '../advice/explanation.ts';
import type { Colour } from './colour.ts';
import { renderDiagnostic } from './diagnostic.ts';

/** The answer of --explain for a person: the verdict first, then what can be written, read, reached, and what is not stopped. */
export function renderExplanation(report: Explanation, colour: Colour, verbose: boolean): string {
  const lines = [
    report.starts
      ? colour.green('yes: a run with these options would start here')
      : colour.red('no: a run with these options would not start here'),
    ...report.diagnostics.map((one) => `  ${renderDiagnostic(one, false).replace(/^landlock-run: /, '')}`),
    `  ${renderKernel(report)}`,
    ...renderFiles(report, colour, verbose),
    ...section('network', renderNetwork(report), colour),
    ...section(
      'isolation',
      report.scopes.map(({ name, state }) => pair(name, state)),
      colour,
    ),
    ...section(
      'this kernel cannot enforce',
      report.unenforced.map(({ text, direction }) => `${text} (${direction} than the policy)`),
      colour,
    ),
    ...section(
      'NOT stopped',
      report.notStopped.map((hole) => hole.text),
      colour,
    ),
    ...renderSkipped(report, colour, verbose),
    ...renderCommand(report.command, colour),
    ...section(
      'process',
      report.process.map(({ what, value }) => pair(what, value)),
      colour,
    ),
    ...section(
      'notes',
      report.lint.map((one) => colour.yellow(`${one.message}; ${one.remedy}`)),
      colour,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function renderKernel({ kernel, level }: Explanation): string {
  const what =
    kernel.absent === null
      ? `Landlock ABI ${kernel.abi}${kernel.linux === null ? '' : ` (as of Linux ${kernel.linux})`}`
      : `Landlock is ${kernel.absent}`;
  return `${what}, ${level === 'strict' ? 'strict: anything missing is refused' : 'best effort: what is missing is dropped'}`;
}

function section(title: string, rows: readonly string[], colour: Colour): string[] {
  return rows.length === 0 ? [] : ['', colour.bold(title), ...rows.map((row) => `  ${row}`)];
}

const pair = (left: string, right: string): string => `${left.padEnd(22)} ${right}`;

function renderFiles(report: Explanation, colour: Colour, verbose: boolean): string[] {
  const { files } = report;
  if (files === null) return section('files', ['left alone: everything that the user may'], colour);
  const profiles = files.profiles.flatMap((profile) => [
    `profile ${profile.name}: ${profile.summary} (${profile.grants.length} paths)`,
    ...(verbose ? profile.grants.map((row) => `  ${renderGrant(row)}`) : []),
  ]);
  const nothing = 'nothing';
  return [
    ...section('can be written', files.writable.length > 0 ? files.writable.map(renderGrant) : [nothing], colour),
    ...section(
      'can be read',
      [
        ...files.readable.map(renderGrant),
        ...profiles,
        ...(files.readable.length + profiles.length === 0 ? [nothing] : []),
      ],
      colour,
    ),
  ];
}

function renderGrant(row: GrantRow): string {
  const led = row.resolved === null ? '' : ` -> ${row.resolved}`;
  return `${row.path}${led}  ${shortRights(row)}  (${row.origin})`;
}

/** Rights in few words; what is rare is named by the kernel's own. */
function shortRights({ rights, kind }: GrantRow): string {
  const has = (...names: string[]): boolean => names.every((name) => rights.includes(name));
  const words = [
    ...(has('read_file') || has('read_dir') ? ['read'] : []),
    ...(has('write_file') ? [has('truncate') || kind === 'file' ? 'write' : 'write without truncate'] : []),
    ...(has('make_reg') ? ['create'] : []),
    ...(has('remove_file') ? ['remove'] : []),
    ...(has('execute') ? ['execute'] : []),
    ...(has('ioctl_dev') ? ['ioctl'] : []),
    ...(has('resolve_unix') ? ['connect'] : []),
  ];
  return words.length > 0 ? words.join(', ') : rights.join(', ') || 'nothing that this kernel denies';
}

function renderNetwork({ network }: Explanation): string[] {
  const { tcp, udp, other, unix } = network;
  return [
    pair('TCP', `connect ${tcp.connect}; bind ${tcp.bind}`),
    pair('UDP', `connect ${udp.connect}; bind ${udp.bind}`),
    pair('other sockets', other),
    pair('UNIX sockets', unix),
  ];
}

function renderSkipped(report: Explanation, colour: Colour, verbose: boolean): string[] {
  const all = report.files?.skipped ?? [];
  const shown = verbose ? all : all.filter((row) => !row.origin.startsWith('profile '));
  const rows = shown.map((row) => `${row.path}  ${row.reason}  (${row.origin})`);
  const hidden = all.length - shown.length;
  return section(
    'skipped',
    hidden > 0 ? [...rows, `${hidden} paths of profiles (--verbose shows them)`] : rows,
    colour,
  );
}

function renderCommand(command: CommandRow | null, colour: Colour): string[] {
  if (command === null) return [];
  const outcome = {
    runs: `${command.name}: ${command.file ?? ''} runs`,
    fails: colour.red(`${command.name}: would not start (${command.exit ?? 126})`),
    unknown: `${command.name}: cannot be foretold`,
  }[command.outcome];
  return section(
    'COMMAND',
    [
      outcome,
      ...command.passedOver.map((one) => `passed over: ${one.file}: ${one.reason}`),
      ...command.denied.map((one) => `denied: ${one.file} (${one.why})`),
      ...command.problems,
      ...command.notes.map((note) => `note: ${note}`),
      ...(command.proposal === '' ? [] : [`to let it run, add: ${command.proposal}`]),
    ],
    colour,
  );
}
