import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { type AuditDenial, parseAuditRecords } from '../learn/audit-record.ts';
import { type Denial, denialOf, distinctDenials } from '../learn/denials.ts';
import type { TraceEvent } from '../learn/event.ts';
import { EventReader, TRACED_CALLS } from '../learn/trace-events.ts';
import type { Flag } from '../policy/from-flags.ts';
import { watchAuditLog } from './audit-log.ts';
import type { PreparedPolicy } from './build-request.ts';
import type { Caller } from './caller.ts';
import { makeFileView } from './files.ts';
import { makeDenialFacts } from './judge.ts';
import type { Kernel } from './kernel-facts.ts';
import { ownProgram, textWord, wordsOfFlags } from './own-command.ts';
import { type Ending, runTraced } from './strace.ts';
import { makeWorld } from './world.ts';

/** A run of landlock-run itself under strace. */
export interface RestrictedRun {
  /** strace, as findStrace gives it. */
  readonly strace: string;
  readonly prepared: PreparedPolicy;
  readonly kernel: Kernel;
  readonly caller: Caller;
  /** The options that it gets, and words of output before them. */
  readonly flags: readonly Flag[];
  readonly output: readonly string[];
  readonly command: readonly Bytes[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How COMMAND ended, and what it was denied. */
export interface RestrictedResult extends Ending {
  readonly denials: readonly Denial[];
  /** What the kernel logged of COMMAND's own domain, beside that. */
  readonly audited: readonly AuditDenial[];
}

/**
 * Runs COMMAND restricted, as a run without us would be, and tells what the policy denied. The tracer is outside of the domain, so Landlock lets it
 * look; strace stops at every call, since a call that our own filter refuses would otherwise pass unseen.
 *
 * @throws Refusal `strace-failed`, `trace-not-text`
 */
export async function runRestricted(run: RestrictedRun): Promise<RestrictedResult> {
  const { prepared, caller, command } = run;
  const directory = prepared.policy.chdir?.value ?? caller.workingDirectory();
  const reader = new EventReader(directory, baseName(command[0]), true);
  let failed: TraceEvent[] = [];
  let since = 0n;
  const readLog = prepared.policy.audit.value === 'off' ? () => [] : watchAuditLog();
  const ending = await runTraced(
    {
      strace: run.strace,
      calls: TRACED_CALLS,
      words: [ownProgram(), ...run.output, ...wordsOfFlags(run.flags), '--', ...command.map(textWord)],
      fast: false,
      environment: run.environment,
      directory: undefined,
      descriptors: descriptorsOf(prepared),
    },
    (line, began) => {
      since = began;
      for (const event of reader.read(line)) {
        if (event.errno !== undefined) failed.push(event);
        else if (event.verb === 'execute') failed = failed.filter((other) => !isPassedOver(other, event));
      }
    },
  );
  const view = makeFileView();
  const world = makeWorld(view, caller.home(), () => since);
  const facts = makeDenialFacts(prepared, run.kernel, caller, view, world, (pid) => reader.hasProcess(pid));
  const denials = failed.flatMap((event) => denialOf(event, facts) ?? []);
  const { denials: logged, owners } = parseAuditRecords(readLog());
  const own = logged.filter((one) => owners.get(one.domain) === reader.first);
  const told = distinctDenials(denials);
  return {
    code: ending.code,
    signal: ending.signal,
    denials: told,
    audited: own.filter(({ path }) => path === undefined || !told.some((one) => one.subject.includes(quote(path)))),
  };
}

/** A search along PATH that went on to a candidate that could be executed was denied nothing that it needed. */
function isPassedOver(failed: TraceEvent, executed: TraceEvent): boolean {
  if (failed.verb !== 'execute' || failed.pid !== executed.pid) return false;
  if (failed.act.kind !== 'path' || executed.act.kind !== 'path') return false;
  return baseName(failed.act.path) === baseName(executed.act.path);
}

/** Descriptors that the options name: strace hands them through. */
export function descriptorsOf({ policy }: PreparedPolicy): number[] {
  const kept = policy.keepFds.flatMap(({ value }) => (typeof value === 'number' ? [value] : []));
  return policy.statusFd === undefined ? kept : [...kept, policy.statusFd.value];
}

export function baseName(path: Bytes | undefined): Bytes {
  return (path ?? '').slice((path ?? '').lastIndexOf('/') + 1) as Bytes;
}
