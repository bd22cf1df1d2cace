import { type Bytes, textOfBytes } from '../base/bytes.ts';
import { type Diagnostic, diagnose, refuse } from '../diagnostics/diagnostic.ts';
import { shellWord } from '../diagnostics/message.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { loadFiles, type PreparedPolicy, preparePolicy, settleSources } from '../host/build-request.ts';
import { type Caller, makeCaller } from '../host/caller.ts';
import { inspectInPolicy } from '../host/command.ts';
import { makeFileView } from '../host/files.ts';
import { makeAlready } from '../host/judge.ts';
import { type Kernel, probeKernel } from '../host/kernel-facts.ts';
import { loadNative } from '../host/native.ts';
import { type ObservedRun, observeRun } from '../host/observe-run.ts';
import { readExisting, refuseUnwritable, writePolicyFile } from '../host/policy-file.ts';
import { runRestricted } from '../host/restricted-trace.ts';
import { type Ending, findStrace } from '../host/strace.ts';
import { makeTemporary, type TemporaryDirectory } from '../host/temporary.ts';
import { GRANT_RIGHTS, netMask } from '../kernel/rights.ts';
import type { Edit } from '../learn/edit.ts';
import { type Already, generalise, writableBy } from '../learn/generalise.ts';
import { describeReasons, grantEdits, pathText } from '../learn/grant-edits.ts';
import { networkEdits } from '../learn/network-edits.ts';
import type { Flag } from '../policy/from-flags.ts';
import { absolutePath, directoryOf, isBelowOrSame } from '../policy/path.ts';
import type { Statement } from '../policy/statement.ts';
import { LearnedFile } from '../render/learned-yaml.ts';
import { plainPolicy } from '../render/policy-yaml.ts';
import { writeDenials } from './denials.ts';
import { writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';
import { environmentFor, refuseStdinPolicy } from './trace.ts';

/** Learning mentions files, whatever the options do. */
const FILES: Statement = { kind: 'files', value: 'only', origin: flagOrigin('--learn'), rank: 0 };

/** Consents that no file can give: they go to the proof as they stand. */
const ONLY_FLAGS: ReadonlySet<string> = new Set(['--allow-overlap', '--allow-unsandboxed', '--status-fd']);

/** What stays the same while COMMAND is learned. */
interface Session {
  readonly request: Request;
  readonly caller: Caller;
  readonly kernel: Kernel;
  readonly strace: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The policy file. */
  readonly out: Bytes;
  tell(diagnostic: Diagnostic): void;
}

/**
 * Runs COMMAND without any restriction, writes the smallest policy that the rules make of what it did, and proves it by a second run.
 *
 * @returns 0 learned and proven; 1 where COMMAND or the proof failed (written, marked unproven); 127 where COMMAND is not found.
 * @throws Refusal before COMMAND has run, and where the policy file would be writable under its own policy.
 */
export async function learn(request: Request): Promise<number> {
  const session = begin(request);
  const { caller, out, tell } = session;
  const [name] = request.command;
  const existing = readExisting(out);
  const policyFlag: Flag = { name: '--policy', value: out };
  const options = await prepareWithFiles(request.flags, caller, name);
  const base = existing === undefined ? options : await prepareWithFiles([...request.flags, policyFlag], caller, name);
  if (name === undefined || inspectInPolicy(name, base.policy, caller).chosen === undefined) {
    tell(diagnose('error', 'learn-not-found', undefined, name ?? ('' as Bytes)));
    return 127;
  }
  refuseUnwritable(out);
  const temporary = makeTemporary(base.policy.tmp?.value, out);
  tell(diagnose('note', 'learn-first-run', undefined, commandText(request)));
  const run = await observe(session, base, temporary);

  const file = new LearnedFile(existing, plainPolicy(options.policy));
  file.apply(editsOf(session, run, base, temporary, existing === undefined));
  const failure = describeEnding(run);
  const state =
    failure === undefined ? 'unproven, not run under it yet' : `unproven, COMMAND ${failure} without any restriction`;
  writePolicyFile(out, file.text(commandText(request), state));
  for (const change of existing === undefined ? [] : file.changes)
    tell(diagnose('note', 'learn-change', undefined, change));
  const counts = [run.seen, file.grants, file.changes.length] as const;
  tell(
    file.changes.length === 0
      ? diagnose('note', 'learn-unchanged', undefined, out, run.seen)
      : diagnose('note', 'learn-written', undefined, out, ...counts),
  );
  if (failure !== undefined) {
    tell(diagnose('error', 'learn-command-failed', undefined, failure, out));
    return 1;
  }
  return prove(session, file);
}

async function prepareWithFiles(
  flags: readonly Flag[],
  caller: Caller,
  command: Bytes | undefined,
): Promise<PreparedPolicy> {
  const { statements, files } = await loadFiles(flags, caller);
  return settleSources({ statements: [...statements, FILES], files }, flags, caller, command);
}

function begin(request: Request): Session {
  const [value, ...others] = request.modeValues;
  const origin = flagOrigin('--learn');
  const other = others.find((one) => one !== value);
  if (value === undefined) return refuse('option-value-missing', origin);
  if (other !== undefined) refuse('conflict', origin, 'the file', shellWord(other), shellWord(value), origin);
  refuseStdinPolicy(request);
  const native = loadNative();
  const caller = makeCaller(native);
  return {
    request,
    caller,
    kernel: probeKernel(native),
    strace: findStrace(caller),
    environment: environmentFor(native, request.json),
    out: absolutePath(value, caller.workingDirectory()),
    tell: (diagnostic) => writeDiagnostic(diagnostic, request.json),
  };
}

function commandText({ command }: Request): string {
  return command.map(shellWord).join(' ');
}

async function observe(session: Session, base: PreparedPolicy, temporary: TemporaryDirectory): Promise<ObservedRun> {
  const environment = { ...session.environment, ...temporary.environment };
  try {
    return await observeRun(session.strace, session.request.command, base, session.caller, environment);
  } catch (error) {
    temporary.removeUnused();
    throw error;
  }
}

/** Why a run did not succeed; nothing where it did. */
function describeEnding({ code, signal }: Ending): string | undefined {
  if (signal !== null) return `was ended by ${signal}`;
  return code === 0 ? undefined : `ended with status ${code}`;
}

/** What was seen → edits of the file. Tells what cannot be granted. */
function editsOf(
  { request, caller, kernel, out, tell }: Session,
  run: ObservedRun,
  base: PreparedPolicy,
  temporary: TemporaryDirectory,
  fresh: boolean,
): Edit[] {
  const { policy } = base;
  const { world } = run;
  const place = world.resolve(temporary.path);
  const already = makeAlready(base, caller, makeFileView());
  const within: Already = {
    profilesCovering: already.profilesCovering,
    allows: (path, access) => isBelowOrSame(path, place) || already.allows(path, access),
  };
  const { grants, profiles, leftOut } = generalise(policy.files === undefined ? [] : run.uses, within, world);
  refuseWritableOut(out, [...grants], policy.allowOverlap.value, world.resolve(out), temporary);
  for (const one of leftOut) {
    tell(diagnose('warning', 'learn-left-out', undefined, one.path, describeReasons(one), one.why));
  }
  const { edits, notText } = grantEdits([...grants, ...unixGrants(run, already)], world.home);
  for (const path of notText) tell(diagnose('warning', 'print-not-text', undefined, path));
  const stated = (...names: string[]): boolean => request.flags.some((flag) => names.includes(flag.name));
  const none = request.flags.some((flag) => flag.value === 'none');
  return [
    ...profiles.map((value): Edit => ({ kind: 'append', at: ['profiles'], value })),
    ...edits,
    ...temporaryEdits(run, temporary, place, out),
    ...networkEdits(run.sockets, {
      policy,
      fresh,
      claimed: {
        net: stated('--no-net') || none || (fresh && policy.noNet.value),
        unix: stated('--no-unix') || (fresh && policy.noUnix.value),
      },
      udpPorts: (kernel.net & netMask('connect_send_udp')) !== 0,
    }),
  ];
}

/** COMMAND must not be able to rewrite its own policy. */
function refuseWritableOut(
  out: Bytes,
  grants: Parameters<typeof writableBy>[1],
  consent: boolean,
  resolved: Bytes,
  temporary: TemporaryDirectory,
): void {
  const above = writableBy(resolved, grants);
  if (above === undefined || consent) return;
  temporary.removeUnused();
  refuse('learn-out-fence', flagOrigin('--learn'), out, above.path);
}

/** `tmp` is part of the policy if something was made there. */
function temporaryEdits(run: ObservedRun, temporary: TemporaryDirectory, place: Bytes, out: Bytes): Edit[] {
  if (temporary.stated) return [];
  const used = run.uses.some((use) => use.how === 'change' && isBelowOrSame(use.path, place));
  if (!used) {
    temporary.removeUnused();
    return [];
  }
  const name = temporary.path.slice(directoryOf(out).length).replace(/^\//, '');
  const value = `./${pathText(name as Bytes, undefined) ?? ''}`;
  return [{ kind: 'set', at: ['tmp'], value, comment: 'temporary files go where TMPDIR says' }];
}

function unixGrants({ sockets }: ObservedRun, already: Already): Parameters<typeof grantEdits>[0] {
  return [...sockets.unix]
    .map(([path, programs]) => ({ path, programs }))
    .filter(({ path }) => !already.allows(path, GRANT_RIGHTS.unix) && textOfBytes(path) !== undefined)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, programs }) => ({
      path,
      form: 'unix' as const,
      because: new Map([...programs].map((program) => [program, new Set(['connect'])] as const)),
      what: undefined,
    }));
}

/** Runs COMMAND under the file, and marks it. */
async function prove(session: Session, file: LearnedFile): Promise<number> {
  const { request, caller, kernel, strace, environment, out, tell } = session;
  if (request.flags.some((flag) => flag.name === '--no-verify')) {
    tell(diagnose('note', 'learn-unverified', undefined, out));
    writePolicyFile(out, file.text(commandText(request), 'unproven, COMMAND was not run under it'));
    return 0;
  }
  tell(diagnose('note', 'learn-second-run', undefined, out));
  const { command, json } = request;
  const flags: Flag[] = [
    { name: '--policy', value: out },
    ...request.flags.filter((flag) => ONLY_FLAGS.has(flag.name)),
  ];
  const prepared = await preparePolicy(flags, caller, command[0]);
  const output = json ? ['--json'] : [];
  const result = await runRestricted({ strace, prepared, kernel, caller, flags, output, command, environment });
  const failure = describeEnding(result);
  writeDenials(result.denials, json);
  const state = failure === undefined ? 'proven, COMMAND succeeded under it' : `unproven, COMMAND ${failure} under it`;
  writePolicyFile(out, file.text(commandText(request), state));
  tell(
    failure === undefined
      ? diagnose('note', 'learn-proven', undefined, out)
      : diagnose('error', 'learn-proof-failed', undefined, failure, out),
  );
  return failure === undefined ? 0 : 1;
}
