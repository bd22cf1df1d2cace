/** The readers of command lines and policy files as one function: words or a text in, a plan or a refusal out. */
import { type Bytes, bytesOfLatin1, bytesOfText } from '../../src/base/bytes.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { Refusal } from '../../src/diagnostics/diagnostic.ts';
import { encodePlan } from '../../src/plan/encode.ts';
import { expandPath, refuseWideExpansion } from '../../src/policy/expand.ts';
import { readDocument } from '../../src/policy/from-document.ts';
import { statementsOfFlags } from '../../src/policy/from-flags.ts';
import { absolutePath } from '../../src/policy/path.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';
import { settlePolicy } from '../../src/policy/settle.ts';
import type { Statement } from '../../src/policy/statement.ts';
import { validateDocument } from '../../src/policy/validate.ts';
import { expandProfiles } from '../../src/profiles/expand.ts';
import { compileRuleset } from '../../src/ruleset/compile.ts';

const variables: Readonly<Record<string, string>> = { HOME: '/home/user', NAME: 'value' };
const caller = {
  variable: (name: string) => (Object.hasOwn(variables, name) ? bytesOfText(variables[name] ?? '') : undefined),
  home: () => bytesOfText('/home/user'),
  workingDirectory: () => bytesOfText('/work'),
};

export type Outcome = { readonly plan: Uint8Array } | { readonly refused: string } | { readonly mode: string };

function planOf(statements: readonly Statement[]): Uint8Array {
  const policy = settlePolicy(statements);
  const profiles = expandProfiles(policy.files !== undefined, policy.profiles, policy.bare.value, caller);
  const ruleset = compileRuleset(policy, profiles);
  return encodePlan(policy, ruleset, { verbose: false, json: false, execHint: '' as Bytes });
}

/** Whatever is no refusal is thrown on: that is what the fuzzer looks for. */
function orRefused(read: () => Outcome): Outcome {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { refused: error.diagnostic.code };
  }
}

/** In: the words behind `landlock-run`. Policy files that they name are not read. */
export function readCommandLine(words: readonly string[]): Outcome {
  return orRefused(() => {
    const request = parseCommandLine(words.map(bytesOfLatin1));
    if (request.mode !== 'run') return { mode: request.mode };
    return { plan: planOf(statementsOfFlags(request.flags, caller.workingDirectory)) };
  });
}

/** In: the bytes of a policy file. What it extends or discovers is not read. */
export function readPolicyText(source: Uint8Array): Outcome {
  return orRefused(() => {
    const document = readYaml(bytesOfLatin1(Buffer.from(source).toString('latin1')), bytesOfText('policy.yaml'));
    const content = readDocument(validateDocument(document.value, document.originAt), {
      rank: 1,
      originAt: document.originAt,
      path: (text, origin, write) => {
        const path = absolutePath(expandPath(text, caller, origin), bytesOfText('/work'));
        if (write) refuseWideExpansion(text, path, caller, origin);
        return path;
      },
    });
    return { plan: planOf(content.statements) };
  });
}
