import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { loadNative } from '../host/native.ts';
import { isPlainlyGranted } from '../host/plainly-granted.ts';
import { encodePlan } from '../plan/encode.ts';
import { writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

/**
 * Runs COMMAND restricted: this process becomes it. From here on the native core tells what happens, and nothing returns to JavaScript.
 *
 * @throws Refusal before anything has run.
 */
export async function run(request: Request): Promise<never> {
  const native = loadNative();
  const caller = makeCaller(native);
  const [name = bytesOfText('')] = request.command;
  const prepared = await preparePolicy(request.flags, caller, name);
  for (const warning of prepared.warnings) writeDiagnostic(warning, request.json);
  const { policy, ruleset } = prepared;
  const { verbose, json } = request;
  let execHint = '' as Bytes;
  // Foretelling costs milliseconds, so it is left out where there is nothing to foretell. It refuses nothing: the kernel is the judge.
  if (!isPlainlyGranted(name, policy, caller)) {
    const { makeExecHint } = await import('../host/exec-hint.ts');
    execHint = makeExecHint(name, prepared, caller);
  }
  return native.run(encodePlan(policy, ruleset, { verbose, json, execHint }), request.command);
}
