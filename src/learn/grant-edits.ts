import { type Bytes, textOfBytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { isBelow } from '../policy/path.ts';
import type { Edit } from './edit.ts';
import type { LearnedGrant } from './learned.ts';

/** Programs that a comment names before it says "and others". */
const PROGRAMS_NAMED = 4;

/** Grants → edits of the policy file, each with a comment that says why. Paths that are not UTF-8 cannot be written in YAML. */
export function grantEdits(
  grants: readonly LearnedGrant[],
  home: Bytes | undefined,
): { edits: Edit[]; notText: Bytes[] } {
  const notText: Bytes[] = [];
  const edits = grants.flatMap((grant): Edit[] => {
    const path = pathText(grant.path, home);
    if (path !== undefined) return [{ kind: 'grant', form: grant.form, path, comment: describeReasons(grant) }];
    notText.push(grant.path);
    return [];
  });
  return { edits, notText };
}

/** A path as a policy file takes it: `~/` for the home directory, `$` doubled. */
export function pathText(path: Bytes, home: Bytes | undefined): string | undefined {
  const text = textOfBytes(path)?.replaceAll('$', '$$$$');
  const homeText = home === undefined ? undefined : textOfBytes(home)?.replaceAll('$', '$$$$');
  if (text === undefined || home === undefined || homeText === undefined || !isBelow(path, home)) return text;
  return `~${text.slice(homeText.length)}`;
}

/** `git, ssh: read, list; a git directory`, always in the same order. */
export function describeReasons({
  because,
  what,
}: Pick<LearnedGrant, 'because'> & { what?: string | undefined }): string {
  const programs = [...because.keys()].map(escapeBytes).sort();
  const named = programs.slice(0, PROGRAMS_NAMED).join(', ');
  const others = programs.length > PROGRAMS_NAMED ? ' and others' : '';
  const verbs = [...new Set([...because.values()].flatMap((one) => [...one]))].sort().join(', ');
  return `${named}${others}: ${verbs}${what === undefined ? '' : `; ${what}`}`;
}
