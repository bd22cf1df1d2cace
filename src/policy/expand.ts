import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { absolutePath, withoutDotDot } from './path.ts';

/** What paths in policy files may refer to. Command line and library objects are never expanded. */
export interface Expansion {
  /** A variable of the caller's environment; undefined where unset. */
  variable(name: string): Bytes | undefined;
  /** The caller's home directory, absolute; undefined where there is none. */
  home(): Bytes | undefined;
}

/**
 * Expands a path of a policy file: a leading `~/` (or `~` alone), `${NAME}`, `${NAME:-default}`, `$$`. Nothing else is special.
 *
 * @throws Refusal `variable-unset`, `expansion-invalid`, `home-unknown`
 */
export function expandPath(text: Bytes, expansion: Expansion, origin: Origin): Bytes {
  let out = text as string;
  if (out === '~' || out.startsWith('~/')) {
    out = `${requireHome(expansion, origin).replaceAll('$', '$$$$')}${out.slice(1)}`;
  }
  if (!out.includes('$')) return out as Bytes;
  return out.replace(/\$(?:\$|\{([^}]*)\}|)/g, (whole, inside: string | undefined) => {
    if (whole === '$$') return '$';
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inside ?? '');
    if (match === null) return refuse('expansion-invalid', origin, text);
    const name = match[1] ?? '';
    const value = expansion.variable(name);
    if (value !== undefined && value !== '') return value;
    return match[2] ?? refuse('variable-unset', origin, name, text);
  }) as Bytes;
}

export function requireHome(expansion: Expansion, origin: Origin): Bytes {
  const home = expansion.home();
  if (home === undefined) return refuse('home-unknown', origin);
  return home;
}

/** Was anything expanded in it? Then where it came to deserves a second look. */
export function wasExpanded(text: Bytes): boolean {
  return text.startsWith('~') || text.includes('$');
}

/**
 * Refuses a grant with write whose *expanded* path came to `/` or the home directory: a variable that is shorter than its author thought.
 *
 * @throws Refusal `expansion-too-wide`
 */
export function refuseWideExpansion(text: Bytes, path: Bytes, expansion: Expansion, origin: Origin): void {
  if (!wasExpanded(text)) return;
  const home = expansion.home();
  const plain = withoutDotDot(path);
  if (plain === '/' || (home !== undefined && plain === withoutDotDot(absolutePath(home, bytesOfText('/'))))) {
    refuse('expansion-too-wide', origin, text, path);
  }
}
