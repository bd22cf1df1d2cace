import { escapeHidden } from '../base/escape.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { loadNative } from '../host/native.ts';
import type { Policy } from '../policy/policy.ts';
import { plainPolicy, renderPolicyYaml } from '../render/policy-yaml.ts';
import { writeAll, writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

/** Prints the merged policy; it reads back as the same one. @throws Refusal */
export async function printPolicy(request: Request): Promise<number> {
  const { policy, warnings } = await preparePolicy(request.flags, makeCaller(loadNative()), undefined);
  for (const warning of warnings) writeDiagnostic(warning, request.json);
  writeAll(1, request.json ? renderJson(policy) : renderPolicyYaml(policy));
  return 0;
}

function renderJson(policy: Policy): string {
  return `${escapeHidden(JSON.stringify(plainPolicy(policy), undefined, 2))}\n`;
}
