import { bytesOfText } from '../base/bytes.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { loadNative } from '../host/native.ts';
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
  const { policy, ruleset, warnings } = await preparePolicy(request.flags, makeCaller(native));
  for (const warning of warnings) writeDiagnostic(warning, request.json);
  const { verbose, json } = request;
  return native.run(encodePlan(policy, ruleset, { verbose, json, execHint: bytesOfText('') }), request.command);
}
