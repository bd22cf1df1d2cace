import { type Bytes, bufferOfBytes, bytesOfText } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { diagnose, Refusal, refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin } from '../diagnostics/origin.ts';
import { makeCaller } from '../host/caller.ts';
import { readPolicyFile } from '../host/files.ts';
import { loadNative } from '../host/native.ts';
import { IMPORTERS, type Imported } from '../import/index.ts';
import { validateDocument } from '../policy/validate.ts';
import { renderPlainYaml } from '../render/policy-yaml.ts';
import { writeAll, writeDiagnostic } from './output.ts';
import type { Request } from './parse.ts';

const IMPORT = flagOrigin('--import');

/** Keys by which an importer restricts something; a policy without any would be refused when it is run. */
const RESTRICTS = ['fs', 'net', 'scope', 'no_unix'];

/**
 * Prints the policy of another tool as ours, and tells on stderr what could not be carried over.
 *
 * @returns 0 where all of it was, 1 where something was left out.
 * @throws Refusal `import-form`, `import-syntax`, and where the file cannot be read.
 */
export function importPolicy(request: Request): number {
  const [value, ...others] = request.modeValues;
  const other = others.find((one) => one !== value);
  const kinds = Object.keys(IMPORTERS);
  if (value === undefined) return refuse('option-value-missing', IMPORT);
  if (other !== undefined) refuse('conflict', IMPORT, 'the file', quote(other), quote(value), IMPORT);
  const colon = value.indexOf(':');
  const kind = value.slice(0, colon);
  const file = value.slice(colon + 1) as Bytes;
  const importer = Object.hasOwn(IMPORTERS, kind) ? IMPORTERS[kind] : undefined;
  if (importer === undefined || file === '') return refuse('import-form', IMPORT, value, kinds);
  const { policy, leftOut } = read(importer, file);
  validateDocument(policy, () => IMPORT);
  if (!RESTRICTS.some((key) => key in policy)) refuse('import-nothing', IMPORT, file);
  for (const { what, why } of leftOut)
    writeDiagnostic(diagnose('warning', 'import-left-out', IMPORT, what, why), request.json);
  writeAll(1, request.json ? `${JSON.stringify(policy, undefined, 2)}\n` : renderPlainYaml(policy));
  return leftOut.length === 0 ? 0 : 1;
}

function read(importer: (typeof IMPORTERS)[string], file: Bytes): Imported {
  const workingDirectory = bufferOfBytes(makeCaller(loadNative()).workingDirectory()).toString('utf8');
  const source = readPolicyFile(file, IMPORT);
  try {
    return importer({ source, file, workingDirectory });
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return refuse('import-syntax', IMPORT, file, bytesOfText(reason));
  }
}
