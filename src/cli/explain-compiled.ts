import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { makeCaller } from '../host/caller.ts';
import { readCompiled } from '../host/launcher/read-compiled.ts';
import { loadNative } from '../host/native.ts';
import { decodePlan } from '../plan/decode.ts';
import { renderCompiled } from '../render/compiled.ts';
import { colourFor } from './colour.ts';
import { describeCompiled } from './describe-compiled.ts';
import { writeAll } from './output.ts';
import type { Request } from './parse.ts';

const ORIGIN = flagOrigin('--compiled');

/**
 * Says what is in a compiled launcher. The launcher is not run.
 *
 * @returns 0.
 * @throws Refusal `compiled-alone`, and where it is no launcher of this build.
 */
export function explainCompiled(request: Request): number {
  const files = request.flags.filter((flag) => flag.name === '--compiled');
  const other = request.flags.find((flag) => flag.name !== '--compiled')?.name;
  const more =
    other ?? (request.command.length > 0 ? 'COMMAND' : files.length > 1 ? 'the other --compiled' : undefined);
  if (more !== undefined) refuse('compiled-alone', ORIGIN, more);
  const path = files[0]?.value ?? bytesOfText('');
  const { plan, architecture } = readCompiled(path, ORIGIN);
  const decoded = decodePlan(plan) ?? refuse('compiled-damaged', ORIGIN, path);
  const report = describeCompiled(path, architecture, decoded);
  const colour = colourFor(request, makeCaller(loadNative()));
  writeAll(1, request.json ? `${JSON.stringify(report)}\n` : renderCompiled(report, colour, request.verbose));
  return 0;
}
