import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { loadNative } from '../host/native.ts';
import { plainPolicy, renderPolicyYaml } from '../render/policy-yaml.ts';
import { writeAll, writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

/** Prints the merged policy; it reads back as the same one. @throws Refusal */
export async function printPolicy(request: Request): Promise<number> {
  const { policy, warnings } = await preparePolicy(request.flags, makeCaller(loadNative()), undefined);
  for (const warning of warnings) writeDiagnostic(warning, request.json);
  writeAll(1, request.json ? `${JSON.stringify(plainPolicy(policy), undefined, 2)}\n` : renderPolicyYaml(policy));
  return 0;
}
