import { bytesOfText } from '../base/bytes.ts';
import { makeExecHint } from '../host/exec-hint.ts';
import { LandlockRunError } from './error.ts';
import type { LocateOptions } from './locate.ts';
import type { Inside } from './policy.ts';
import { type Surroundings, surroundings } from './surroundings.ts';

/** Says, behind a failed exec, what the policy denied and what would grant it. Looked for only then: it costs milliseconds. */
export function adviser(
  inside: Inside,
  command: string,
  options: Surroundings & LocateOptions,
): (error: LandlockRunError) => LandlockRunError {
  return (error) => {
    if (error.exitCode === 125) return error;
    const hint = makeExecHint(bytesOfText(command), inside.prepared, surroundings(options));
    if (hint === '') return error;
    const remedy = Buffer.from(hint, 'latin1').toString('utf8');
    const { code, exitCode, diagnostics, cause } = error;
    const told = diagnostics.find((one) => one.code === code);
    if (told === undefined) return error;
    return new LandlockRunError({ ...told, remedy }, { exitCode, diagnostics, cause });
  };
}
