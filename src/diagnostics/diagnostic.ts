import type { MessageArguments, MessageCode } from './messages.ts';
import { allMessages } from './messages.ts';
import { describeOrigin, type Origin } from './origin.ts';

export type Level = 'error' | 'warning' | 'note';

/** One thing to tell: data, so that a terminal, a machine and the library each render it their own way. */
export interface Diagnostic {
  /** Stable: listed in docs/diagnostics.md. */
  readonly code: string;
  readonly level: Level;
  /** Where it was asked; absent where nothing in particular asked for it. */
  readonly origin?: string;
  /** What could not happen. User bytes in it are escaped already. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Ends a request before anything has run: exit 125. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

/** Makes a diagnostic from the one table of messages. */
export function diagnose<Code extends MessageCode>(
  level: Level,
  code: Code,
  origin: Origin | undefined,
  ...args: MessageArguments<Code>
): Diagnostic {
  const make = allMessages()[code] as (...args: MessageArguments<Code>) => readonly [string, string];
  const [message, remedy] = make(...args);
  const where = origin === undefined || origin.kind === 'default' ? {} : { origin: describeOrigin(origin) };
  return { code, level, ...where, message, remedy };
}

/** Refuses the request: the message of `code`, asked at `origin`. Never returns. */
export function refuse<Code extends MessageCode>(
  code: Code,
  origin: Origin | undefined,
  ...args: MessageArguments<Code>
): never {
  throw new Refusal(diagnose('error', code, origin, ...args));
}
