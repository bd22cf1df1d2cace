import { constants } from 'node:os';
import { diagnose, refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { probeKernel } from '../host/kernel-facts.ts';
import { loadNative, type Native } from '../host/native.ts';
import { textEnvironment } from '../host/own-command.ts';
import { runRestricted } from '../host/restricted-trace.ts';
import { type Ending, findStrace } from '../host/strace.ts';
import { writeAudited, writeDenials } from './denials.ts';
import { writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

/**
 * Runs COMMAND restricted, under strace, and lists afterwards on stderr what the policy denied.
 *
 * @returns COMMAND's own status; a signal that ended COMMAND ends this process too.
 * @throws Refusal before anything has run.
 */
export async function trace(request: Request): Promise<number> {
  const native = loadNative();
  const caller = makeCaller(native);
  refuseStdinPolicy(request);
  const strace = findStrace(caller);
  const prepared = await preparePolicy(request.flags, caller, request.command[0]);
  const { flags, command, json } = request;
  const output = [...(json ? ['--json'] : []), ...(request.verbose ? ['--verbose'] : [])];
  const environment = environmentFor(native, json);
  const kernel = probeKernel(native);
  const result = await runRestricted({ strace, prepared, kernel, caller, flags, output, command, environment });
  writeDenials(result.denials, json);
  writeAudited(result.audited, json);
  return endAs(result);
}

/** COMMAND's environment, handed through strace; tells which variables cannot be. */
export function environmentFor(native: Native, json: boolean): Record<string, string> {
  const { environment, leftOut } = textEnvironment(native);
  for (const name of leftOut) writeDiagnostic(diagnose('warning', 'trace-variable', undefined, name), json);
  return environment;
}

/** The policy is read twice, by us and by the run. */
export function refuseStdinPolicy({ flags }: Request): void {
  if (flags.some(({ name, value }) => name === '--policy' && value === '-'))
    refuse('trace-stdin', flagOrigin('--policy'));
}

/** Ends this process as the traced one ended. */
function endAs({ code, signal }: Ending): number {
  if (signal !== null) {
    process.kill(process.pid, signal);
    // A signal that is ignored here, or that only stops, leaves us running: the shell's convention then.
    return 128 + (SIGNALS[signal] ?? 0);
  }
  return code ?? 0;
}

const { signals: SIGNALS } = constants;
