import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/**
 * One line: `landlock-run: ` + where it was asked + what could not happen + what to do. With `json` one object, in which `origin` is absent where nothing
 * in particular asked for it. The native core prints the same forms.
 */
export function renderDiagnostic(diagnostic: Diagnostic, json: boolean): string {
  const { code, level, origin, message, remedy } = diagnostic;
  if (json) return JSON.stringify({ code, level, origin, message, remedy });
  return `landlock-run: ${origin === undefined ? '' : `${origin}: `}${message}; ${remedy}`;
}
