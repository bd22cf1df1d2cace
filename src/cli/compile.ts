import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { preparePolicy } from '../host/build-request.ts';
import { makeCaller } from '../host/caller.ts';
import { compileLauncherTo } from '../host/launcher/compile-launcher.ts';
import { launcherPath } from '../host/launcher/write-launcher.ts';
import { loadNative } from '../host/native.ts';
import { ROOT } from '../policy/path.ts';
import { writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

const ORIGIN = flagOrigin('--compile');

/**
 * Writes a launcher that applies exactly this policy.
 *
 * @throws Refusal
 */
export async function compile(request: Request): Promise<number> {
  const [out = bytesOfText(''), ...others] = request.modeValues;
  if (others.some((other) => other !== out)) refuse('compile-twice', ORIGIN);
  const caller = makeCaller(loadNative());
  const prepared = await preparePolicy(request.flags, caller, undefined);
  const path = launcherPath(out, out.startsWith('/') ? ROOT : caller.workingDirectory(), ORIGIN);
  for (const warning of compileLauncherTo(path, prepared, request, ORIGIN)) writeDiagnostic(warning, request.json);
  return 0;
}
