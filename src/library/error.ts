import { getSystemErrorName } from 'node:util';
import { type Diagnostic, diagnose, Refusal } from '../diagnostics/diagnostic.ts';

/**
 * COMMAND was not started, or what was asked for cannot be done. Never about a COMMAND that ran: that ends with facts, not with an error.
 *
 * Told from others by `name`, since a program may hold the library twice (as ES module and as CommonJS).
 */
export class LandlockRunError extends Error {
  override readonly name = 'LandlockRunError';
  /** Stable, for programs: docs/diagnostics.md lists them. */
  readonly code: string;
  /** Where it was asked: `policy.fs.rw[0]`, `policy.yaml:7:9`; undefined where nothing in particular asked for it. */
  readonly origin: string | undefined;
  /** What to do about it. */
  readonly remedy: string;
  /** 126 and 127 are those of a shell (COMMAND cannot be executed, is not found); 125 is all else. */
  readonly exitCode: 125 | 126 | 127;
  /** What was told on the way: warnings, and every error where there are several. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    diagnostic: Diagnostic,
    more: { exitCode?: 125 | 126 | 127; diagnostics?: readonly Diagnostic[]; cause?: unknown } = {},
  ) {
    const where = diagnostic.origin === undefined ? '' : `${diagnostic.origin}: `;
    super(`${where}${diagnostic.message}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = diagnostic.code;
    this.origin = diagnostic.origin;
    this.remedy = diagnostic.remedy;
    this.exitCode = more.exitCode ?? 125;
    this.diagnostics = more.diagnostics ?? [diagnostic];
  }
}

/** Runs what may refuse, at the library's border: outside of it there are no Refusals. @throws LandlockRunError */
export function atBorder<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const diagnostic = diagnosticOf(error);
    throw diagnostic === undefined ? error : new LandlockRunError(diagnostic, { cause: causeOf(error) });
  }
}

/** The same as a promise. */
export function promised<T>(act: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(atBorder(act));
  });
}

/** What a Refusal says, or the addon where the kernel refused it a descriptor or memory; undefined for errors of another kind. */
export function diagnosticOf(error: unknown): Diagnostic | undefined {
  if (error instanceof Refusal) return error.diagnostic;
  if (!isOfAddon(error)) return undefined;
  const [call = ''] = error.message.split(':');
  return diagnose('error', 'resources-exhausted', undefined, getSystemErrorName(-error.errno), call);
}

function causeOf(error: unknown): unknown {
  return error instanceof Refusal ? undefined : error;
}

/** native/addon/values.c, throw_errno(): an errno as C has it, and no code. */
function isOfAddon(error: unknown): error is Error & { readonly errno: number } {
  const { errno, code } = error as NodeJS.ErrnoException;
  return error instanceof Error && typeof errno === 'number' && errno > 0 && code === undefined;
}
