import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnose } from '../diagnostics/diagnostic.ts';
import { type EnforcedMasks, type Enforcement, makeEnforcement } from './enforcement.ts';

/** What became of a process up to the exec. */
export type Status =
  | { readonly started: true; readonly enforcement: Enforcement }
  | {
      readonly started: false;
      readonly reason: Diagnostic;
      readonly exitCode: 125 | 126 | 127;
      readonly diagnostics: readonly Diagnostic[];
    };

/** The core's events, one JSON object a line (native/core/message.h). */
type Event =
  | ({ readonly event: 'exec' } & EnforcedMasks)
  | { readonly event: 'refused' | 'exec-failed'; readonly code: string; readonly exit?: 126 | 127 };

/** Lines → status. Pure. A failure told after the exec was announced counts: the exec itself failed. */
export function parseStatus(text: string): Status {
  const diagnostics: Diagnostic[] = [];
  const events: Event[] = [];
  for (const line of text.split('\n')) {
    const value = readLine(line);
    if (value === undefined) continue;
    if ('event' in value) events.push(value);
    else diagnostics.push(value);
  }
  const last = events.at(-1);
  if (last?.event === 'exec') return { started: true, enforcement: makeEnforcement(last, diagnostics) };
  const told = diagnostics.find((one) => one.level === 'error' && one.code === last?.code);
  const reason = told ?? diagnose('error', 'killed-before-exec', undefined);
  return { started: false, reason, exitCode: last?.exit ?? 125, diagnostics: [...diagnostics] };
}

/** A line that a killed process has not finished says nothing. */
function readLine(line: string): Event | Diagnostic | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Event | Diagnostic);
  } catch {
    return undefined;
  }
}
